### write, append, read
echo a > f; echo b >> f; cat < f; cat f
### standard error
{ echo out; echo err >&2; } 2> e > o; cat o e
### order matters
{ echo out; echo err >&2; } > f 2>&1; cat f; { echo out; echo err >&2; } 2>&1 > g | cat; cat g
### redirection before the command
> f echo a; < f cat; 2>/dev/null >g echo b; cat g
### truncating with nothing
echo abc > f; > f; cat f; echo end
### descriptors three to nine
exec 3> f; echo three >&3; echo more >&3; exec 3>&-; cat f
### reading from a descriptor
printf 'a\nb\nc\n' > f; exec 4< f; read x <&4; read y <&4; echo $x $y; exec 4<&-
### swapping
{ echo o; echo e >&2; } 3>&1 1>&2 2>&3 3>&- | cat
### closing
echo a >&-; echo $?
### closed descriptor
echo a >&5; echo $?
### read and write
echo abc > f; exec 5<> f; read x <&5; echo "$x"; echo def >&5; exec 5>&-; cat f
### noclobber
set -C; echo a > f; echo b > f; echo $?; echo c >| f; cat f; echo d >> f; cat f
### noclobber lets devices pass
set -C; echo x > /dev/null; echo $?
### missing file
cat < nothere; echo $?
### missing directory
echo a > no/such; echo $?
### directory
mkdir d; echo a > d; echo $?
### error of a special built-in ends the shell
: < nothere; echo no
### error of exec ends the shell
exec < nothere; echo no
### error in a compound
{ echo a; } < nothere; echo $?; while :; do :; done < nothere; echo $?
### loops read their input
printf '1\n2\n3\n' > f; while read x; do echo "<$x>"; done < f
### loop output to a file
for i in 1 2 3; do echo $i; done > f; cat f
### if with a redirection
if read x; then echo "got $x"; fi <<E
line
E
### names are expanded, not matched
x='a b'; echo 1 > $x; cat 'a b'; echo 2 > "q*"; cat 'q*'
### several outputs: the last wins
echo a > f > g; cat f g
### redirection in a substitution
x=$(echo err >&2 2>&1; echo out); echo "[$x]"; y=$( { echo e >&2; } 2>&1 ); echo "[$y]"
### here-document on another descriptor
cat <&3 3<<E
three
E
### input stays for the next command
printf 'a\nb\nc\n' > f; { read x; cat; } < f; echo $x
### exec output for the rest
exec > f; echo a; echo b; exec >&2; cat f >&2
### exec in a subshell stays there
(exec > f; echo in); echo out; cat f
### appending from two
{ echo a >> f; echo b >> f; } ; cat f
### digits that are no descriptor
echo 2>f 3; cat f; echo 12 > g; cat g
### two-digit numbers are words
echo 12>f; cat f
### device null
echo a > /dev/null; cat < /dev/null; echo $?
### duplicating input
echo a > f; cat <&0 < f
### bad descriptor number
echo a >&x; echo no
