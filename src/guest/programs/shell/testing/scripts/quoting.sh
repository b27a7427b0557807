### words and quotes
echo a   b "c   d" 'e   f' g\ h
### quotes inside words
echo a"b c"'d e'f\ g
### single quotes keep everything
echo 'a$x`b`\n"c"'
### double quotes: what a backslash escapes
x=1; printf '%s\n' "a\$x \`b\` \\ \" \a \q"
### backslash newline joins
echo one\
two "three\
four"
### backslash newline in operators
true &\
& echo yes
### empty words
set -- "" '' a ""; echo $#
### quoted empty expansions
e=; set -- $e "$e" ''$e; echo $#
### comments
echo a#b # c
# whole line
echo '#' \# "#"
### dollar alone
echo $ "$" a$ '$'x $/ "$/"
### dollar single quotes | bash
printf '%s|' $'a\tb' $'\x41\101' $'it\'s' "$'x'"; echo
### tab and newline in quotes
echo "a	b
c"
### tilde
HOME=/h; echo ~ ~/x "~" '~' a~ ~/ \~; x=~/y:~/z; echo $x
### tilde after colon in assignments only
HOME=/h; x=a:~/b; echo $x a:~/b
### quotes in here-documents
x=1
cat <<E
"a" 'b' $x \$x \\ \q `echo sub` $(echo "q")
E
### quoted here-document
x=1
cat <<'E'
$x `a` \$ \\
E
### half-quoted delimiter
cat <<E"O"F
$x
EOF
### here-document without tabs
cat <<-E
	one
		two
	E
### two here-documents on a line
cat <<A; cat <<B
first
A
second
B
### here-document in a loop and a pipeline
for i in 1 2; do cat <<E | cat; done
turn $i
E
### here-document with a continued line
cat <<E
a\
b
E
### here-document in a command substitution
x=$(cat <<E
in $((1+1))
E
); echo "[$x]"
### here-document to a function
f() { cat; }
f <<E
to f
E
### unterminated quote
echo "abc
### unicode
x='äöü €😀'; echo "$x"; echo ${x#ä}
