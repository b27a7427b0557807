### errexit
set -e; echo a; false; echo no
### errexit: tests do not count
set -e; if false; then :; fi; false || true; ! true; while false; do :; done; echo still
### errexit: only the last of a list counts
set -e; false && true; echo a; true && false; echo no
### errexit: pipelines
set -e; false | true; echo a; true | false; echo no
### errexit: subshell
set -e; (false; echo no); echo no2
### errexit: in a function
set -e; f() { false; echo no; }; f; echo no2
### errexit: function in a test
set -e; f() { false; echo yes; }; if f; then echo ok; fi; f || true
### errexit: substitution in an assignment
set -e; x=$(false); echo no
### errexit: substitution as an argument
set -e; echo "a$(false)"; echo b
### errexit: group after an ignored failure
set -e; { false && true; }; echo a
### errexit with a trap
set -e; trap 'echo bye $?' EXIT; false
### errexit off again
set -e; set +e; false; echo a
### xtrace
set -x; x=1; echo $x 'a b'; set +x; echo off
### xtrace with PS4
PS4='+$x '; x=1; set -x; echo a
### noglob
touch f1 f2; set -f; echo f*; set +f; echo f*
### noexec
set -n; echo no
### allexport
set -a; x=1; set +a; y=2; sh -c 'echo "[$x][$y]"'
### pipefail | bash
set -o pipefail; false | true; echo $?; (exit 3) | (exit 4) | true; echo $?; true | true; echo $?
### pipefail with errexit | bash
set -e -o pipefail; false | cat; echo no
### options from the command line
sh -ec 'false; echo no'; echo $?; sh -uc 'echo $undefined'; echo $?; sh -c 'echo $-' ; sh -fc 'echo *'
### option letters in dollar minus
set -eu; case $- in *e*u*|*u*e*) echo both;; esac
### plus o
set +o | while read l; do case $l in *errexit) echo "$l";; esac; done
### unknown option
set -Z; echo no
### sh -c with arguments
sh -c 'echo $0 $1 $2 $#' a b c d
### sh -s with arguments
echo 'echo $1 $#' | sh -s x y
### sh with a script
echo 'echo "$0 $1"; exit 6' > s.sh; sh s.sh arg; echo $?
### sh reads its script line by line
printf 'read x\ndata\necho "got $x"\n' | sh
### sh without a script
sh nothere.sh; echo $?
### nounset in a subshell
(set -u; echo $zz); echo $?
### listing of a trap
trap 'echo a' INT; trap; trap - INT; trap
