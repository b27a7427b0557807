### xargs
seq 5 | xargs; printf 'a b\n"c d" e\\ f\n' | xargs -n 1 printf '<%s>\n'
### xargs by lines, by number, by zero bytes
seq 3 | xargs -I % echo 'n=% %'; seq 5 | xargs -n 2 echo; printf 'a\0b c\0' | xargs -0 -n 1 echo
### xargs without input
: | xargs echo once; : | xargs -r echo no; : | xargs -I % echo no; echo end
### xargs and failures
printf '1 2' | xargs -n 1 sh -c 'exit $0'; echo $?; echo a | xargs nosuchcommand 2>/dev/null; echo $?; echo a | xargs sh -c 'exit 255' 2>/dev/null; echo $?
### xargs in a pipeline
printf 'x\ny\n' | xargs -n 1 echo | sort -r | xargs
### timeout
timeout 5 true; echo $?; timeout 5 sh -c 'exit 3'; echo $?; timeout 0.1 sleep 5 2>/dev/null; echo $?
### env
x=1; export x; env x=2 y=3 sh -c 'echo $x $y'; env -i sh -c 'echo "[$x]"' ; env -u x sh -c 'echo "[$x]"'; echo $x
### env prints what is exported
env -i a=1 b='2 3' env | sort
### env and what is not there
env nosuchcommand 2>/dev/null; echo $?
