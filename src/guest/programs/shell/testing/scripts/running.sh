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
### xargs by lines
printf 'a b\nc \nd\n\ne\n' | xargs -L 1 echo; printf '1\n2\n3\n' | xargs -L 2 echo
### xargs keeps what is between blanks with -I
printf '  a b  \n"c  d" e\\ f\n\n' | xargs -I{} echo '[{}] {}x{}'
### xargs and a delimiter
printf 'a:b c:d' | xargs -d : -n 1 echo; printf 'a\n b\n' | xargs -d '\n' -n 1 echo; printf 'a\tb' | xargs -d '\t' printf '<%s>'
### xargs with long options
printf 'a\0b\0c' | xargs --null --max-args=2 echo; : | xargs --no-run-if-empty echo no; printf 'a,b' | xargs --delimiter=, echo
### xargs reads from a file, children read nothing
printf 'a b\n' > f; echo typed | xargs -a f -n 1 echo; printf '1\n2\n' | xargs -n 1 sh -c 'read x; echo "$0:$x:"'
### xargs tells what it runs
printf '1 2 3' | xargs -t -n 2 echo
### xargs: quotes that do not end
echo "it's" | xargs echo 2>/dev/null; echo $?; printf '%s' "a 'b c' \"d'e\" f\\'g" | xargs -n 1 echo
### xargs: a backslash joins lines
printf 'a\\\nb c\n' | xargs -n 1 printf '<%s>'
### xargs: commands ended by a signal
echo x | xargs sh -c 'kill -TERM $$' 2>/dev/null; echo $?; echo 1 2 | xargs -n 1 false; echo $?
### xargs puts as many as fit
seq 20000 | xargs -s 2000 echo | awk 'length > 1999 { bad++ } { words += NF } END { print words, bad + 0 }'
### xargs with what never ends
yes | xargs -n 1 echo 2>/dev/null | head -n 2
### xargs: characters beyond ASCII
printf 'ä ö\n' | xargs -n 1 echo; printf 'x\n' | xargs -I x echo 'x$&x'
### env and xargs start what only the shell has here
echo a b | xargs env -i PATH="$PATH" xargs -n 1 echo; env A=1 timeout 5 env B=2 sh -c 'echo $A$B'; echo x | env xargs echo; timeout 5 env true; echo $?
### env in another directory, with zero bytes, with options
mkdir d; env -C d pwd | sed 's/.*\///'; env -i A=1 -u B 2>/dev/null; env -i A=1 B=2 env -uB; env -i A=1 B=2 env -0 --unset=A | tr '\0' '\n'; env -i -- C=3 env
### env fails with its own status
env -C nowhere true 2>/dev/null; echo $?; env --nonsense 2>/dev/null; echo $?; mkdir d; env ./d 2>/dev/null; echo $?
### timeout sends another signal
timeout -s INT 0.1 sh -c 'trap "echo caught; exit 3" INT; sleep 1 & wait' 2>/dev/null; echo $?
### timeout and those who do not listen
timeout -k 0.2 0.1 sh -c 'trap "" TERM; sleep 5' 2>/dev/null; echo $?; timeout -s KILL 0.1 sleep 5 2>/dev/null; echo $?
### timeout ends what its command has started
x=$(timeout 0.1 sh -c 'sleep 20; echo late' 2>/dev/null); echo "$?:$x:"
### timeout keeps the status
timeout --preserve-status 0.1 sleep 5 2>/dev/null; echo $?; timeout --signal=HUP --preserve-status 0.1 sleep 5 2>/dev/null; echo $?
### timeout and its words
timeout nonsense true 2>/dev/null; echo $?; timeout -s NONE 1 true 2>/dev/null; echo $?; timeout 1 nosuchcommand 2>/dev/null; echo $?; timeout 2>/dev/null; echo $?; timeout 0 echo none; timeout 1m echo minutes; timeout .5h echo hours
### timeout in a loop and a pipeline
for i in 1 2 3; do timeout 5 echo $i; done | timeout 5 sort -r | timeout 5 head -n 1; echo in | timeout 5 cat
### nohup
nohup sh -c 'kill -HUP $$; echo on'; sh -c 'kill -HUP $$; echo no' 2>/dev/null; echo $?; nohup nosuchcommand 2>/dev/null; echo $?; nohup 2>/dev/null; echo $?
### nice
nice echo a; nice -n 5 echo b; nice -5 echo c; nice --adjustment=3 sh -c 'exit 4'; echo $?; nice -n x true 2>/dev/null; echo $?; nice -n 5 2>/dev/null; echo $?
### which
mkdir d; ln -s "$(command -v cat)" d/prog; PATH=$PWD/d:$PATH; which -a prog nosuchcommand | sed 's/.*case[^d]*//'; which nosuchcommand; echo $?; which nosuchcommand prog | wc -l
### exec with env
(exec env A=1 sh -c 'echo $A'); sh -c 'exec timeout 5 echo end; echo no'
### time before pipelines and lists | bash
TIMEFORMAT=; time true; time { echo a; exit 3; } | cat; echo $?; ! time false; echo $?; time ! true; echo $?; time for i in 1 2; do echo $i; done; time; time false || echo or
### null is no terminal
[ -t 0 ] < /dev/null; echo $?; [ -t 1 ] > /dev/null; echo $?
