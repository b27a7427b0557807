### default values
unset u; e=; s=set; echo "${u-a} ${u:-b} ${e-c} ${e:-d} ${s-e} ${s:-f}"
### alternative values
unset u; e=; s=set; echo "[${u+a}] [${u:+b}] [${e+c}] [${e:+d}] [${s+e}] [${s:+f}]"
### assigning defaults
unset u; e=; echo "${u=1} ${e=2} ${e:=3}"; echo "$u $e"
### error if unset
unset u; echo ${u?}; echo no
### error if null, with words
e=; echo ${e:?is empty}; echo no
### error in a subshell
(echo ${u?gone}); echo $?
### length
x=hello; echo ${#x} ${#} ${#u}; set -- a b; echo $#
### remove prefixes
x=/usr/local/lib; echo "${x#/} ${x#*/} ${x##*/} ${x#/usr} ${x#zzz}"
### remove suffixes
x=a.tar.gz; echo "${x%.gz} ${x%.*} ${x%%.*} ${x%x}"
### patterns in removals
x=aXbXc; echo "${x#*X} ${x##*X} ${x%X*} ${x%%X*} ${x#[a-c]} ${x#?X}"
### quoted patterns
x='a*b*c'; echo "${x#*'*'} ${x#"a*"} ${x%\**}"
### patterns from variables
x=abcabc; p='*b'; echo "${x#$p} ${x##$p} ${x#"$p"}"
### nested
unset a b; c=deep; echo ${a:-${b:-${c}}} ${a:-$(echo sub)} ${a:-$((1+1))}
### word with blanks, split and not
unset u; set -- ${u:-a b c}; echo $#; set -- "${u:-a b c}"; echo $#; set -- ${u:-"a b" c}; echo $#
### quotes in words inside double quotes
unset u; echo "${u:-'a'}" "${u:-"b c"}" ${u:-'d e'}
### braces and names
x=1; xy=2; echo $xy ${x}y "$x"y $x.y
### positional parameters above nine
set -- a b c d e f g h i j k; echo $10 ${10} ${11} ${12:-none}
### all positional parameters
set -- a 'b c' d; for x in "$@"; do echo "[$x]"; done; for x in $@; do echo "($x)"; done
### star joined
set -- a b c; echo "$*"; IFS=-; echo "$*"; IFS=; echo "$*"; unset IFS; echo "$*"
### at within a word
set -- a b c; for x in "x$@y"; do echo "[$x]"; done
### no parameters
set --; for x in "$@"; do echo no; done; set -- "$@" ; echo $#; set -- "a$@"; echo $#
### empty parameters
set -- '' a ''; echo $#; for x in "$@"; do echo "[$x]"; done; set -- $@; echo $#
### at in an assignment
set -- a b c; x="$@"; echo "$x"; y=$*; echo "$y"
### special parameters
sh -c 'echo $0 $# $1' name arg; true; echo $?; false; echo $?
### bad substitution
echo ${a.b}; echo no
### nounset
set -u; x=; echo "[$x]"; echo $undefined; echo no
### nounset with defaults and at
set -u; echo ${u-ok} ${u+x} "$@" "$*" $#; echo ${#u}
### IFS at splitting
IFS=:; x=a:b::c; set -- $x; echo $#; for i in $x; do echo "[$i]"; done
### IFS with blanks and others
IFS=' :'; x=' a : b  c:: d '; for i in $x; do echo "[$i]"; done
### trailing and leading delimiters
IFS=:; x=:a:; set -- $x; echo $#; x=a:; set -- $x; echo $#; x=::; set -- $x; echo $#
### empty IFS does not split
IFS=; x='a b'; set -- $x; echo $#
### splitting only what was expanded
IFS=b; echo abc; x=abc; echo $x; echo "$x"; IFS=
### literal next to expansion
x='a b'; for i in p${x}q; do echo "[$i]"; done
### unset and null differ
unset a; b=; echo "${a-unset}" "${b-unset}"; a=; echo "${a-unset}"
### assignment does not split or match
touch f1 f2; x=f*; echo "$x"; y='a b'; z=$y; echo "$z"
### assignments happen in order
a=1 b=$a; echo "$a $b"; a=2 c=$a$b; echo $c
### export with a value
y='a b'; export x=$y; echo "$x"; readonly r=$y; echo "$r"
### LINENO | bash
echo $LINENO
echo $LINENO
### longest and shortest
x=aaa; echo "[${x#a*}] [${x##a*}] [${x%a*}] [${x%%a*}]"
### slash and brace in words
u=; echo ${u:-a/b} ${u:-\}} "${u:-\}}" ${u:-'}'}
