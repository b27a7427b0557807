### not found
nothere; echo $?; ./nothere; echo $?
### a directory is not run
mkdir d; ./d; echo $?
### a script without a first line
echo 'echo "plain $1"' > s; command -v chmod > c && chmod +x s; ./s arg
### a script with a first line
printf '#!/bin/sh\necho "hash $1 $#"\n' > s; command -v chmod > c && chmod +x s; ./s a b
### a script along PATH
mkdir bin; echo 'echo from path' > bin/tool; command -v chmod > c && chmod +x bin/tool; PATH=$PATH:$PWD/bin; tool
### its status
echo 'exit 42' > s; command -v chmod > c && chmod +x s; ./s; echo $?
### its environment
echo 'echo "[$x][$y]"' > s; command -v chmod > c && chmod +x s; x=1; export y=2; ./s; x=3 ./s; echo $x
### its working directory
mkdir d; echo 'pwd' > s; command -v chmod > c && chmod +x s; cd d; ../s > out; read p < out; [ "$p" = "$PWD" ] && echo same
### streaming
while :; do echo y; done | { read a; read b; echo $a$b; }
### a writer that nobody reads ends
(while :; do echo y; done; echo never) | read x; echo $?
### three shells in a pipeline
{ echo 1; echo 2; } | while read x; do echo $((x*2)); done | { read a; read b; echo $a $b; }
### a pipeline of functions
up() { while read x; do echo "$x$x"; done; }; echo a | up | up | up
### big data through a pipeline
i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done | { n=0; while read l; do n=$((n+${#l})); done; echo $n; }
### errors of a stage do not end the others
{ nothere; echo a; } 2>/dev/null | cat; echo $?
### variables of a stage stay there
x=1; echo a | { x=2; cat; }; echo $x
### exit in a stage
{ echo a; exit 3; } | cat; echo $?; echo b | { cat; exit 4; }; echo $?
### PPID and dollar dollar
[ "$(sh -c 'echo $PPID')" = $$ ] && echo parent; [ "$(echo $$)" = $$ ] && echo same
### redirections of stages
echo a 2>/dev/null | cat > f; cat f; { echo e >&2; } 2>&1 | cat
### background pipeline
echo a | cat > f & wait; cat f
### a list in the background
{ true && echo yes || echo no; } > f & wait $!; cat f
