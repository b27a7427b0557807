### echo
echo; echo -n a; echo b; echo 'a\tb\n'; echo 'a\0101'; echo 'cut\cnever'; echo x
### echo with options that are text
echo -x -n; echo - -- a
### printf
printf '%s %d %c\n' a 12 xyz; printf '%5s|%-5s|%05d|%.2s\n' a b 42 xyz; printf '%x %X %o %u\n' 255 255 8 3
### printf again and again
printf '%s-%s\n' a b c; printf 'none\n' x y; printf '%d\n'
### printf escapes
printf 'a\tb\\n\101\n'; printf '%b|%s\n' 'a\tb' 'a\tb'; printf '%b' 'x\cy' ; echo
### printf numbers
printf '%d %d %d\n' 0x10 010 "'A"; printf '%i %5.3d|%-6d|%+d\n' 3 7 8 9; printf '%%\n'
### printf floats
printf '%f %.2f %e %g %g\n' 1.5 2.345 12345.678 0.0001 1e10
### printf width from arguments
printf '%*s|%-*s|%.*s\n' 5 a 5 b 2 xyz
### printf errors
printf '%d\n' abc; echo $?; printf '%d\n' 12x; echo $?
### test: texts
[ a = a ] && echo 1; [ a != b ] && echo 2; [ -n a ] && echo 3; [ -z '' ] && echo 4; [ a ] && echo 5; [ '' ] || echo 6; [ ] || echo 7
### test: numbers
[ 1 -eq 01 ] && echo 1; [ 2 -gt 1 ] && echo 2; [ 1 -le 1 ] && echo 3; [ -1 -lt 0 ] && echo 4; [ 3 -ne 4 ] && echo 5; [ 5 -ge 6 ] || echo 6
### test: files
> e; echo a > f; mkdir d; [ -e f ] && echo e; [ -f f ] && echo f; [ -d d ] && echo d; [ -s f ] && echo s; [ -s e ] || echo empty; [ -f d ] || echo notf; [ -e no ] || echo no
### test: not, and, or, parentheses
[ ! a = b ] && echo 1; [ a = a -a b = b ] && echo 2; [ a = b -o b = b ] && echo 3; [ ! '' ] && echo 4; [ \( a = a \) -a ! -n '' ] && echo 5
### test: operators as operands
[ = = = ] && echo 1; [ -n = -n ] && echo 2; [ ! = ! ] && echo 3; [ -f = x ] || echo 4; [ '(' = '(' ] && echo 5
### test: errors
[ 1 -eq x ]; echo $?; [ a b c ]; echo $?; [ a; echo $?
### test: newer
> a; [ a -ef a ] && echo same; [ a -nt none ] && echo newer; [ none -ot a ] && echo older
### shift
set -- a b c d; shift; echo $1 $#; shift 2; echo $1 $#; shift 5; echo no
### set and unset
set -- -a b; echo $1 $#; set a b; echo $#; x=1; unset x; echo "[$x]"; unset nothere; echo $?
### set listing
aa='x y'; set | while read l; do case $l in aa=*) echo "$l";; esac; done
### set -o
set -e; set -o | while read a b; do case $a in errexit) echo $a $b;; esac; done
### export
x=1; sh -c 'echo "[$x]"'; export x; sh -c 'echo "[$x]"'; x=2; sh -c 'echo "[$x]"'; export -p | while read l; do case $l in *' x='*) echo "$l";; esac; done
### readonly
readonly x=1; echo $x; x=2; echo no
### readonly in a subshell
readonly x=1; (x=2; echo no); echo $?
### unset of a read-only variable
readonly x=1; unset x; echo no
### readonly listing
readonly q='a b'; readonly -p | while read l; do case $l in *q=*) echo "$l";; esac; done
### eval
x='echo a; echo b'; eval $x; eval 'y=1' 'z=2'; echo $y$z; eval; echo $?; eval 'exit 3'; echo no
### dot
echo 'x=sourced; echo "in $1 $#"' > s; set -- a b; . ./s; echo $x
### dot along PATH
mkdir p; echo 'echo found' > p/lib; PATH=$PATH:$PWD/p; . lib
### dot with a return
echo 'echo a; return 5; echo b' > s; . ./s; echo $?
### dot of what is not there
. ./nothere; echo no
### colon
: a b > f; echo $?; : ${x:=5}; echo $x
### true and false
true; echo $?; false; echo $?
### read
printf 'a b c\n' > f; read x < f; echo "[$x]"; read x y < f; echo "[$x][$y]"; read x y z w < f; echo "[$x][$y][$z][$w]"
### read keeps blanks inside of the last one
printf '  a   b  c  \n' > f; read x < f; echo "[$x]"; read x y < f; echo "[$x][$y]"
### read with backslashes
printf 'a\\b c\\\nd\n' > f; read x < f; echo "[$x]"; read -r x < f; echo "[$x]"
### read with IFS
echo a:b:c > f; IFS=: read x y < f; echo "[$x][$y]"; IFS=: read x y z < f; echo "[$z]"; echo "[$IFS]"
### read delimiters at the end
echo 'a:b:' > f; IFS=: read x y < f; echo "[$x][$y]"; IFS=: read x y z < f; echo "[$x][$y][$z]"; IFS=: read x < f; echo "[$x]"
### read at the end of input
printf abc > f; read x < f; echo "$? [$x]"; read x < /dev/null; echo "$? [$x]"
### read line by line
printf 'a\nb\n\nc' | while read x; do echo "[$x]"; done
### read with an empty IFS
printf '  a b  \n' > f; IFS= read -r x < f; echo "[$x]"
### cd and pwd
mkdir -p d/e; cd d; echo ${PWD##*/}; cd e; cd ..; echo ${PWD##*/}; cd - > /dev/null; echo ${PWD##*/} ${OLDPWD##*/}; cd ../..
### cd home and nowhere
HOME=$PWD; mkdir d; cd d; cd; [ "$PWD" = "$HOME" ] && echo home; cd nowhere; echo $?
### cd to a file
> f; cd f; echo $?
### cd through dots
mkdir -p base/a/b/c; cd base; cd a/b/c/../../b/./c; echo ${PWD##*/a/}; cd ../../..; cd a//b; echo ${PWD##*/a/}
### cd along CDPATH
mkdir -p base/sub; CDPATH=$PWD/base; cd sub > out; echo ${PWD##*/}
### pwd
cd /; pwd; pwd -P
### getopts
set -- -a -b val -c rest; while getopts ab:c o; do echo "$o ${OPTARG-}"; done; shift $((OPTIND-1)); echo $1 $OPTIND
### getopts grouped
f() { while getopts xy:z o; do echo "$o ${OPTARG-}"; done; echo $OPTIND; }; f -xzyval -- -x
### getopts errors
getopts ab o -c; echo "$o $?"; OPTIND=1; getopts a: o -a; echo "$o $?"
### getopts quietly
getopts :ab o -c; echo "$o $OPTARG"; OPTIND=1; getopts :a: o -a; echo "$o $OPTARG"
### alias
alias hi='echo hello'
hi there
alias hi; unalias hi; alias hi; echo $?
### alias of an alias, with a blank at the end
alias a='b ' b='echo' c='see'
a c
### alias that is its own
alias echo='echo pre'
echo x
### quoted words are no aliases
alias hi='echo hello'
\hi; 'hi'; echo $?
### alias in a compound
alias start='for i in'
start 1 2; do echo $i; done
### type and command -v
type cd : if; f() { :; }; type f; command -v cd; command -v f; command -v if; command -v nothere; echo $?
### command
f() { echo function; }; echo() { f; }; command echo real; command nothere; echo $?
### command keeps a special built-in from ending the shell
command . ./nothere; echo $?; command export 1x=2; echo $?
### hash
hash nothere; echo $?; hash -r; echo $?
### umask
umask 022; umask; umask 077; umask; umask -S; umask 9; echo no
### kill -l
kill -l 9; kill -l 15; kill -l 130
### exec
exec sh -c 'echo replaced; exit 4'; echo no
### exec of what is not there
exec nothere; echo no
### shift too far in a function
f() { shift 3; echo no; }; f a; echo no
### ulimit
ulimit -n > f; read n < f; [ -n "$n" ] && echo ok; ulimit -n abc; echo $?
### times
times > f; read a b < f; case $a in *m*s) echo ok;; esac
### break outside of a loop
break; echo $?; continue; echo $?
### return outside of a function
return 5; echo no
### true names of special built-ins
command -v : ; command -v set; command -v break
### assignment before a special built-in stays
x=1 :; echo "[$x]"; y=2 true; echo "[$y]"
### assignment before a built-in is undone
x=old; x=new read y < /dev/null; echo $x
