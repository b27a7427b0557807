### operators
echo $((1+2*3)) $(((1+2)*3)) $((7/2)) $((7%3)) $((-7/2)) $((-7%3)) $((1-2-3))
### comparisons and logic
echo $((1<2)) $((2<=1)) $((1==1)) $((1!=1)) $((1&&0)) $((1||0)) $((!5)) $((!0))
### bits
echo $((5&3)) $((5|3)) $((5^3)) $((~5)) $((1<<10)) $((1024>>3)) $((-8>>1))
### precedence
echo $((1|2&3)) $((1+2<<1)) $((2+3==5&&1)) $((1?2:3)) $((0?2:3?4:5)) $((10-4-3)) $((2*3%4))
### variables
x=5; y=x; echo $((x+1)) $(($x*2)) $((x=7)) $x $((x+=3)) $x
### assignment operators
x=8; echo $((x-=1)) $((x*=2)) $((x/=3)) $((x%=3)) $((x<<=4)) $((x>>=1)) $((x|=3)) $((x&=6)) $((x^=5))
### unset is zero
unset u; echo $((u)) $((u+1)); e=; echo $((e+2))
### bases
echo $((0x1F)) $((017)) $((0)) $((0xff+010))
### 64 bits
echo $((9223372036854775807)) $((9223372036854775807+1)) $((1<<62)) $((1<<63))
### nested substitution
echo $(( $(echo 3) + ${x:-4} + `echo 5` ))
### blanks and newlines
echo $((  1
 +
 2 ))
### division by zero
echo $((1/0)); echo no
### syntax error
echo $((1+)); echo no
### not a number
x=abc; echo $((x)); echo no
### short circuits have no effect
x=1; echo $((0 && (x=5))) $x $((1 || (x=6))) $x $((1 ? 7 : (x=8))) $x
### unary chains
echo $((- -5)) $((-+-3)) $((!!7)) $((~~9))
### comma and increments | bash
x=5; echo $((x++)) $x $((++x)) $x $((x--)) $((--x)) $((1,2))
### parentheses or subshell
echo $( (echo a); (echo b) ) $((1)) $(( (2) ))
### in double quotes
x=3; echo "$((x*x)) $((  x ))"
### as a counter
i=0; while [ $i -lt 5 ]; do i=$((i+1)); done; echo $i
### result is split by IFS
IFS=0; set -- $((101)); echo $#
### negative numbers in variables
n=-3; echo $((n*2)) $((n-1)) $((-n))
