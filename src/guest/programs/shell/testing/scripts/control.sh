### if
if true; then echo a; fi; if false; then echo b; else echo c; fi; if false; then :; elif true; then echo d; else echo e; fi
### status of if
if false; then :; fi; echo $?; if true; then false; fi; echo $?
### while and until
i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i
### status of loops
while false; do :; done; echo $?; i=0; while [ $i -lt 1 ]; do i=1; (exit 4); done; echo $?
### for
for i in a b 'c d'; do echo "$i"; done; for i; do echo none; done; set -- x y; for i do echo $i; done
### for over nothing
for i in; do echo no; done; echo $?; echo "[$i]"
### for keeps its variable
for i in 1 2 3; do :; done; echo $i
### break and continue
for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done; echo end $?
### break two levels
for i in 1 2; do for j in a b; do echo $i$j; [ $j = b ] && break 2; done; done; echo out
### continue two levels
for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; echo never; done
### case
for x in abc a.c '' '*' -n; do case $x in a*c) echo one;; '*') echo star;; '') echo empty;; [!a-z]*) echo other;; *) echo default;; esac; done
### case with alternatives and parentheses
case b in (a|b) echo ab;; (c) echo c;; esac; case z in a) ;; esac; echo $?
### case without a last ;;
case a in a) echo yes
esac
### case patterns are expanded, unquoted ones match
p='a*'; case abc in $p) echo m;; esac; case abc in "$p") echo no;; *) echo quoted;; esac
### case classes
for x in a B 3 _; do case $x in [[:lower:]]) echo lower;; [[:upper:]]) echo upper;; [0-9]) echo digit;; *) echo other;; esac; done
### case with ] and - in brackets
for x in ']' - a; do case $x in []-]) echo in;; *) echo out;; esac; done
### and, or, not
true && echo a; false || echo b; false && echo c || echo d; ! false && echo e; ! true; echo $?
### lists associate to the left
true || echo x && echo y; false && echo x || echo z
### newline after operators
true &&
echo a ||

echo b
true |
cat
### groups
{ echo a; echo b; } | cat; { echo c; }
### group status and redirection
{ echo a; false; } > f; echo $?; cat f
### subshell changes stay inside
x=1; (x=2; cd /; echo $x); echo $x; (exit 5); echo $?
### subshell in a pipeline
(echo b; echo a) | (read x; read y; echo $x $y)
### nested subshells
( (echo a); ( (echo b) ) )
### pipeline status
false | true; echo $?; true | false; echo $?; ! true | false; echo $?
### long pipeline
echo a | cat | cat | cat | cat | cat
### read in a pipeline's last stage is lost
x=1; echo 2 | read x; echo $x
### reserved words as arguments
echo if then else fi do done case esac { } ! in
### a command named like part of a reserved word
iff() { echo iff; }; iff
### semicolon and newline mixes
if true
then echo a
else
echo b
fi; for i in 1 2
do echo $i; done
### empty lines and comments in compounds
if true; then
  # comment

  echo a

fi
### syntax error: unexpected fi
echo before
fi
echo after
### syntax error: missing done
for i in 1 2; do echo $i
### syntax error: two semicolons
echo a;; echo b
### syntax error: bad for name
for 1x in a; do :; done
### syntax error: unclosed parenthesis
(echo a
### syntax error in eval
eval 'if'; echo no
### commands before a syntax error run
echo one
echo two
echo )
### function of several commands with redirection
f() { echo out; echo err >&2; } > f.out 2>&1; f; cat f.out
### exit in the middle
echo a; exit 3; echo b
### exit status is taken modulo 256
(exit 257); echo $?; (exit 300); echo $?
### exit without operand keeps the status
(false; exit); echo $?
### background and wait
{ echo bg; exit 3; } & wait $!; echo $?
### wait for all
(exit 1) & (exit 2) & wait; echo $?
### dollar bang
true & p=$!; wait $p; echo $?
### background keeps its own variables
x=1; x=2 & wait; echo $x
### semicolon after ampersand
true & echo a; wait
