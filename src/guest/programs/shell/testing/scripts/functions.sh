### arguments and status
f() { echo "$# $1 $2"; return 7; }; f a 'b c'; echo $?
### positional parameters come back
set -- x y; f() { set -- 1 2 3; echo $#; }; f; echo $# $1
### return without a value
f() { false; return; }; f; echo $?; g() { true; return; }; g; echo $?
### status of the last command
f() { (exit 9); }; f; echo $?
### local variables
x=1; f() { local x; x=2; echo $x; }; f; echo $x
### local with a value, seen by inner functions
x=g; f() { local x=l; g; }; g() { echo $x; }; f; g
### local keeps the value until it is set
x=1; f() { local x; echo $x; }; f
### several locals
f() { local a=1 b=2 c; c=3; echo $a$b$c; }; f; echo "[$a$b$c]"
### local outside
local x; echo no
### recursion
f() { [ $1 -le 1 ] && { echo 1; return; }; echo $(( $1 * $(f $(($1 - 1))) )); }; f 6
### recursion without substitution
f() { [ $1 -eq 0 ] || { echo $1; f $(($1-1)); }; }; f 3
### redefinition
f() { echo a; }; f; f() { echo b; }; f; unset -f f; f
### assignment before a function
f() { echo "$x"; }; x=1; x=2 f; echo $x
### body may be any compound
f() (x=inside; echo $x); x=out; f; echo $x; g() if true; then echo if; fi; g; h() for i in 1 2; do echo $i; done; h
### definition over lines
f()
{
  echo lines
}
f
### redirections of a body
f() { read a; echo "got $a"; } <<E
doc
E
f; f
### a function beats a built-in, not a special one
echo() { printf 'mine %s\n' "$1"; }; echo x; command echo y
### return in a loop
f() { for i in 1 2 3; do [ $i = 2 ] && return $i; done; }; f; echo $?
### break does not leave the function's caller
f() { while :; do break; done; echo after; }; for i in 1 2; do f; done
### variables set in functions are global
f() { y=set; }; f; echo $y
### dollar zero stays
f() { echo $0; }; f
### function in a pipeline
f() { while read x; do echo "<$x>"; done; }; printf 'a\nb\n' | f | cat
### function in the background
f() { echo "bg $1"; }; f x & wait
### return in a subshell within a function
f() { (return 4); echo $?; }; f
### eval in functions
f() { eval "r=\$1"; }; f val; echo $r
### function that reads its input
sum() { t=0; while read n; do t=$((t+n)); done; echo $t; }; printf '1\n2\n3\n' | sum
### positional parameters after shift
f() { while [ $# -gt 0 ]; do echo $1; shift; done; }; f a b c
### bad function name
a=b() { :; }
