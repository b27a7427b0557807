### exit trap
trap 'echo bye' EXIT; echo hi
### exit trap sees the status, and may change it
trap 'echo $?; exit 9' EXIT; exit 4
### exit trap keeps the status
trap 'true' EXIT; exit 4
### trap zero
trap 'echo zero' 0; :
### traps are reset in subshells
trap 'echo bye' EXIT; (echo in); echo out
### a subshell's own exit trap
(trap 'echo sub' EXIT; echo in); echo out
### signal to oneself
trap 'echo got' USR1; kill -USR1 $$; echo after
### trap with a number
trap 'echo int' 2; kill -2 $$; echo after
### ignored signal
trap '' TERM; kill -TERM $$; echo alive
### ignored signals are ignored by children
trap '' TERM; sh -c 'kill -TERM $$; echo alive'
### default action again
trap 'echo no' TERM; trap - TERM; (sh -c 'kill -TERM $$'; echo $?) 2>/dev/null
### killed child
sh -c 'kill -KILL $$' 2>/dev/null; echo $?; sh -c 'kill -TERM $$'; echo $?
### trap runs after the command
trap 'echo trapped' USR1; sh -c 'kill -USR1 $PPID; echo child'; echo after
### status after a trap
trap 'false' USR1; kill -USR1 $$; echo $?
### trap in a function
f() { trap 'echo fn' EXIT; }; f; echo main
### trap listing
trap 'echo "a b"' EXIT TERM; trap; trap - EXIT TERM
### bad trap
trap 'x' NOSUCH; echo $?
### exit inside a trap
trap 'exit 7' USR1; kill -USR1 $$; echo no
### kill a background process
while :; do :; done & p=$!; kill $p; wait $p; echo $?
### kill zero asks
kill -0 $$; echo $?; true & p=$!; wait $p; kill -0 $p 2>/dev/null; echo $?
### wait for a killed one
sh -c 'kill -9 $$' & wait $!; echo $?
### trap with several commands and quotes
trap 'x="a b"; echo "$x"' USR1; kill -USR1 $$
### dash dash
trap -- 'echo d' EXIT
