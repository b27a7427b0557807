### at with a default inside quotes
set --; for x in "${@-none}"; do echo "[$x]"; done; set -- a 'b c'; for x in "${@-none}"; do echo "[$x]"; done
### plus with at
set -- a 'b c'; for x in ${1+"$@"}; do echo "[$x]"; done; set --; for x in ${1+"$@"}; do echo "[$x]"; done; echo end
### star unquoted with IFS
IFS=:; set -- 'a b' 'c:d'; for x in $*; do echo "[$x]"; done
### empty and unset IFS
x=' a  b '; IFS=; for i in $x; do echo "[$i]"; done; unset IFS; for i in $x; do echo "[$i]"; done
### adjacent expansions
a='1 2'; b='3 4'; for i in $a$b; do echo "[$i]"; done; for i in $a"$b"; do echo "[$i]"; done
### quotes that end a field
x='a '; for i in $x"b" "c"$x; do echo "[$i]"; done
### nested quotes and substitutions
x="a $(echo "b $(echo "c  d")")"; echo "$x"
### backslashes in double quotes and substitutions
echo "$(echo "\\a \$b")" "`echo \"q\"`" `echo '\a'`
### single quotes in braces
x='a b'; echo ${x#'a '} "${x#'a '}" "${x%' b'}"
### braces with escaped braces
x='a}b'; echo "${x%\}*}" ${x#*\}} "${y-\}}"
### removal with classes
x=foo123; echo ${x%%[0-9]*} ${x##*[!0-9]} ${x#[[:alpha:]]}
### removal of everything and nothing
x=abc; echo "[${x#abc}] [${x%%*}] [${x#}] [${x%zz}]"
### arithmetic inside of other expansions
x=abcdef; i=2; echo ${x%$(echo def)} ${y:-$((i*3))} $((${#x}+1))
### arithmetic with quotes and dollar braces
x=4; echo $((${x}*2)) $(( $(( x + 1 )) * 2 ))
### assignments with tildes and quotes
HOME=/h; a=~ b="~" c='x':~; echo $a $b $c
### assignment words that are none
echo a=b x=$HOME; "x"=1 2>/dev/null; echo $?
### multiple assignments with substitutions
a=$(echo 1) b=$(echo $a) c=$b; echo $a $b $c
### a command that expands to nothing
x=; $x; echo $?; $x > f; [ -f f ] && echo made
### a command that expands to an assignment
x='y=1'; $x 2>/dev/null; echo $? "[$y]"
### for with a function's positional parameters
f() { for a; do echo $a; done; }; f 1 2
### loops in conditions
while for i in 1; do [ $((n=n+1)) -lt 3 ]; done; do echo $n; done
### case in a loop with continue and break
for i in 1 2 3 4 5; do case $i in 2) continue;; 4) break;; esac; echo $i; done
### nested case and here-document
case a in a) cat <<E
in case
E
;; esac
### here-documents in both branches
if false; then cat <<A
no
A
else cat <<B
yes
B
fi
### here-document with expansions of all kinds
x=v; cat <<E
$x ${x} ${x:-d} $(echo sub) `echo bq` $((1+2)) \$x "$x" '$x' ${u:-"q"} \`
E
### here-document within a function called twice
f() { cat <<E
$1
E
}; f a; f b
### here-document and redirection together
cat <<E > f; cat f
text
E
### empty here-document
cat <<E
E
echo after
### here-document with a delimiter in a line
cat <<E
 E
EE
E x
E
### while read with IFS and here-document
while IFS=: read a b; do echo "$b-$a"; done <<E
1:2
3:4:5
E
### output of a loop into a loop
for i in 3 1 2; do echo $i; done | while read x; do echo $((x*x)); done | while read y; do echo "<$y>"; done
### a pipeline in a condition
if echo abc | { read x; [ "$x" = abc ]; }; then echo yes; fi
### a pipeline in a substitution in a pipeline
echo $(echo a | cat) | cat | { read x; echo "<$x>"; }
### not before a pipeline and a group
! { false; }; echo $?; ! (exit 3); echo $?
### status after a redirection without a command
false; > f; echo $?; false; x=1; echo $?
### dollar question in various places
(exit 5); x=$?; echo $x; false || echo $?; (exit 6); if true; then echo $?; fi; (exit 7); case $? in 7) echo seven;; esac
### return status of a function used in a condition
f() { return $1; }; if f 0; then echo zero; fi; f 3 || echo $?; f 4; echo $?
### exit in a function, in a condition, in a loop
(f() { exit 3; }; f; echo no); echo $?; (if exit 4; then :; fi); echo $?; (while exit 5; do :; done); echo $?
### break from nested loops inside a function
f() { for i in 1 2; do while :; do break 2; done; echo no; done; echo out; }; f
### continue with more levels than there are
for i in 1 2; do echo $i; continue 5; echo no; done; echo end
### variables in a redirection and in a here-document delimiter
n=out; echo a > $n.txt; cat out.txt; cat <<$n
x
$n
### exec with several redirections
exec 3> a 4> b; echo 3 >&3; echo 4 >&4; exec 3>&- 4>&-; cat a b
### a descriptor for one command only
echo x 3> f >&3; cat f; echo y >&3; echo $?
### reading two files at once
printf '1\n2\n' > a; printf 'x\ny\n' > b; while read p <&3 && read q <&4; do echo $p$q; done 3< a 4< b
### standard input of a function and its commands
f() { read a; g; }; g() { read b; echo $a $b; }; printf '1\n2\n' | f
### redirection of a subshell and of a loop in it
(for i in 1 2; do echo $i; done; echo err >&2) > f 2> g; cat f g
### unset in functions and locals
x=1; f() { local x=2; unset x; echo "[${x-unset}]"; }; f; echo $x
### locals and subshells
f() { local x=1; (x=2; echo $x); echo $x; }; f
### recursion with locals
f() { local n=$1; [ $n -gt 0 ] && f $((n-1)); echo $n; }; f 3
### functions defined in functions and in conditions
f() { g() { echo g; }; }; f; g; if true; then h() { echo h; }; fi; h
### a function named like a utility
cat() { echo "my cat"; }; cat; unset -f cat; echo x | cat
### set with dashes
set -- -e; printf '%s\n' $1; set - a b; echo $#; set a; echo $1; set --; echo $#
### shift of nothing
set -- a; shift 0; echo $#; shift; echo $#
### getopts in a loop with OPTIND reset
f() { OPTIND=1; while getopts ab: o "$@"; do echo "$o$OPTARG"; done; }; f -a -b x; f -bz -a
### eval with quotes and newlines
eval 'echo "a
b"'; eval "x='1 2'"; echo "$x"; eval eval eval echo deep
### eval of a loop and a definition
eval 'for i in 1 2; do echo $i; done'; eval 'f() { echo f; }'; f
### dot with positional parameters and return value
echo 'echo "$1"; return 3' > s; set -- p; . ./s; echo $?
### command substitution with exit status and trap
x=$(trap 'echo t' EXIT; echo a); echo "$x"
### subshell exits with trap
(trap 'exit 9' EXIT; exit 1); echo $?
### trap on exit runs once
trap 'echo once' EXIT; (exit 1); f() { exit 2; }; f
### trap with a signal in a loop
trap 'n=x$n' USR1; for i in 1 2 3; do kill -USR1 $$; done; echo $n
### errexit in substitution and loops
set -e; for i in 1 2; do echo $i; [ $i = 1 ] || false; done; echo no
### errexit and and-or in a function
set -e; f() { false || return 1; }; f || echo caught; f; echo no
### errexit with a failing redirection
set -e; echo a > no/such; echo no
### nounset with positional parameters
set -u; set -- a; echo $1; echo $2; echo no
### noglob and set -- with patterns
touch a b; set -f; set -- *; echo $1; set +f; set -- *; echo $1
### printf with reused formats and missing arguments
printf '%s %s\n' a b c; printf '[%5d] [%-5s] [%05.1f]\n' 3 x 2.5; printf '%s\n'
### printf percent and escapes in arguments
printf '100%%\n'; printf '%s\n' 'a\nb'; printf '%b\n' 'a\nb'; printf '\\n\n'
### echo and backslashes
echo 'a\\b' "a\\b" a\\b; echo '\101 \x41'
### test with many arguments
[ a = a -a b = b -a c = c ] && echo 1; [ ! a = b -a \( x = x -o y = z \) ] && echo 2; test -z "" -o -n ""; echo $?
### numbers with signs and blanks
[ " 3 " -eq 3 ] && echo 1; [ +3 -eq 3 ] && echo 2; [ -3 -lt -2 ] && echo 3
### read into several with a custom IFS and blanks
echo ' a , b ,c ' > f; IFS=, read x y z < f; echo "[$x][$y][$z]"; IFS=', ' read x y z < f; echo "[$x][$y][$z]"
### read of an empty line and of blanks
printf '\n   \n' > f; { read x; echo "[$x]"; IFS= read y; echo "[$y]"; } < f
### cd with symbolic links
mkdir -p r/s; ln -s r/s l; cd l; echo ${PWD##*/}; pwd -P | { read p; echo ${p##*/}; }; cd ..; [ -d r ] && echo back
### cd -P
mkdir -p r/s; ln -s r/s l; cd -P l; echo ${PWD##*/}; cd ..; echo ${PWD##*/}
### unalias and alias listing
alias a=1 b='x y'; alias; unalias -a; alias
### alias with a trailing newline command
alias e='echo one;'
e echo two
### time to parse: long lines
x=$(printf 'echo %s; ' 1 2 3 4 5 6 7 8 9 10); eval "$x"
### semicolons after background and comments
true & # comment
wait; echo ok
### line continuation in words and operators
ec\
ho a b; echo "x\
y"; [ 1 -eq 1 ] &\
& echo and
### carriage of quotes over lines
echo 'line 1
line 2' "line 3
line 4"
### deep nesting
if true; then { while true; do ( case x in x) for i in 1; do echo deep; done;; esac ); break; done; }; fi
### background job's exit status by wait with several
(exit 3) & a=$!; (exit 4) & b=$!; wait $b; echo $?; wait $a; echo $?
### wait for a pipeline
true | (exit 5) & wait $!; echo $?
### kill and trap in a child
sh -c 'trap "echo caught; exit 3" TERM; kill $$; echo no'; echo $?
### child inherits ignored, not trapped
trap 'echo p' USR1; trap '' USR2; sh -c 'trap' ; echo end
### ulimit is inherited
(ulimit -n 20; sh -c 'ulimit -n'); [ "$(ulimit -n)" != 20 ] && echo outside
### exported functions do not exist
f() { echo f; }; sh -c 'f' 2>/dev/null; echo $?
### PATH changes are noticed
command -v cat > /dev/null && echo found; PATH=/nowhere; command -v cat || echo gone
### hash of a command that moved
mkdir p q; echo 'echo p' > p/t; echo 'echo q' > q/t; OLD=$PATH; PATH=$PWD/p:$PWD/q:$PATH; . t; PATH=$PWD/q:$OLD; . t
### arithmetic assignment in a condition
while [ $((i=i+1)) -le 3 ]; do echo $i; done
### sort and count
printf 'b\na\nb\n' | sort | uniq -c | while read n w; do echo "$w $n"; done
### head ends its writer
seq 100000 2>/dev/null | head -n 2; yes | head -n 1
### tr, cut, wc in a pipeline
printf 'a:b\nc:d\n' | cut -d: -f2 | tr a-z A-Z | wc -l | { read n; echo $n; }
### a file tree
mkdir -p t/a t/b; for d in t/*; do for f in 1 2; do echo $d > $d/$f; done; done; cat t/*/1; ls t/a | wc -l | { read n; echo $n; }
### mktemp, rm, test
f=$(mktemp ./x.XXXXXX); [ -f "$f" ] && rm "$f"; [ -e "$f" ] || echo gone
### tee
echo a | tee f g | cat; cat f g
### factorial and fibonacci
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1-1))))); fi; }; fact 10; a=0 b=1; for i in 1 2 3 4 5 6 7 8 9 10; do set -- $b $((a+b)); a=$1 b=$2; done; echo $a
### primes
n=2; while [ $n -lt 30 ]; do p=1; d=2; while [ $((d*d)) -le $n ]; do [ $((n%d)) -eq 0 ] && { p=0; break; }; d=$((d+1)); done; [ $p -eq 1 ] && printf '%s ' $n; n=$((n+1)); done; echo
### string reversal
rev() { s=$1 r=; while [ -n "$s" ]; do t=${s#?}; r=${s%"$t"}$r; s=$t; done; echo "$r"; }; rev 'hello world'
### csv to lines
while IFS=, read -r name age city; do printf '%-6s|%3d|%s\n' "$name" "$age" "$city"; done <<E
Ann,31,Oslo
Bob,4,New York
E
### word count by a function
count() { n=0; for w in $1; do n=$((n+1)); done; echo $n; }; count 'one two  three'; count ''
### options with getopts, as scripts have them
usage() { echo "usage: $0 [-v] [-o file] args"; exit 2; }
verbose= out=
set -- -v -o res.txt x y
while getopts vo: opt; do case $opt in v) verbose=1;; o) out=$OPTARG;; *) usage;; esac; done
shift $((OPTIND - 1))
echo "v=$verbose o=$out rest=$*"
### lock directory
if mkdir lock 2>/dev/null; then echo got; fi; if mkdir lock 2>/dev/null; then echo again; else echo taken; fi; rmdir lock
### cleanup by trap
tmp=./work; mkdir $tmp; trap 'rm -r $tmp; [ -d $tmp ] || echo cleaned' EXIT; echo data > $tmp/f; cat $tmp/f
### generated script
for i in 1 2; do echo "echo gen $i"; done > s; . ./s; sh s; sh < s
### reading a config file
printf '# comment\nkey=val\n\nother = spaced\n' > c; while IFS='=' read k v; do case $k in '#'*|'') continue;; esac; echo "[$k][$v]"; done < c
