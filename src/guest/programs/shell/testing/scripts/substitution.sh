### output without the last newlines
x=$(printf 'a\n\nb\n\n\n'); echo "[$x]"
### backquotes
echo `echo a` "`echo 'b c'`"; echo `echo \`echo nested\``; echo `echo '\\'`
### nested
echo $(echo $(echo $(echo deep)))
### quotes inside quotes
echo "$(echo "a  b")" "$(echo 'c"d')"
### splitting of results
set -- $(echo a b; echo c); echo $#; set -- "$(echo a b)"; echo $#
### status
x=$(false); echo $?; x=$(exit 3) y=1; echo $?; x=$(exit 3)$(true); echo $?
### status without a command
$(exit 5); echo $?; $(true); echo $?
### a command from a substitution
$(echo echo) hi; x='echo var'; $x
### changes stay inside
x=1; y=$(x=2; echo $x); echo $x $y; z=$(cd /; pwd); [ "$PWD" != / ] && echo $z
### functions inside
f() { echo "f:$1"; }; echo $(f a) `f b`
### case inside
echo $(case a in a) echo yes;; esac) $(case b in (b) echo paren;; esac)
### comments and newlines inside
echo $(
  # comment )
  echo a
  echo b
)
### here-document and pipe inside
echo $(cat <<E | cat
x
E
)
### large outputs
x=$(i=0; while [ $i -lt 2000 ]; do echo 0123456789012345678901234567890123456789012345678; i=$((i+1)); done); echo ${#x}
### large output through a pipe
x=$(i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789012345678; i=$((i+1)); done | cat | cat); echo ${#x}
### exit inside
x=$(echo a; exit 3; echo b); echo "$x $?"
### background inside
x=$(echo a & wait; echo b); echo $x
### in an assignment, an argument, a redirection
echo text > $(echo f); cat $(echo f); x=$(cat < f); echo $x
### in a loop's words
for i in $(echo a b) c; do echo $i; done
### stdin is shared
printf '1\n2\n' | { x=$(read a; echo $a); read b; echo $x $b; }
### empty
x=$(); echo "[$x]"; x=``; echo "[$x]"; set -- $(:); echo $#
### tab
printf '[%s]\n' "$(printf 'a\tb')"
### arithmetic and command together
echo $(($(echo 2)*$(echo 3)))
### dollar parenthesis with a subshell
echo $( (echo a; echo b) | cat )
### standard error is not taken
x=$(echo out; echo err >&2) 2>/dev/null; echo "[$x]"; y=$(echo e >&2 2>/dev/null); echo "[$y]"
