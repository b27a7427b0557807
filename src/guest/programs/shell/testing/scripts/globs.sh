### star
touch a b ab .h; echo *; echo a*; echo *b; echo x*
### question mark and brackets
touch a1 a2 b1 ab; echo ?1; echo [ab]1; echo a[0-9]; echo [!a]*; echo a[!0-9]
### hidden names
touch .a .b c; echo .[a-z]*; echo *
### directories
mkdir -p d/e d/f; touch d/e/x d/f/y z; echo d/*; echo d/*/*; echo */; echo */e
### no match stays
echo nothere* [z]x
### quoted patterns stay
touch ab; echo "a*" 'a*' a\* "a"*
### from variables
touch f1 f2; p='f*'; echo $p; echo "$p"
### from substitutions
touch f1 f2; echo $(echo 'f*')
### names with blanks stay whole
touch 'a b' c; for f in *; do echo "[$f]"; done
### classes
touch a1 B2 _; echo [[:upper:]]*; echo [[:alpha:]]?; echo *[[:digit:]]
### brackets that do not end
touch 'a[b'; echo a[b; echo a[*
### a literal bracket
touch ']'; echo []]; echo []
### dot and dotdot are not matched
mkdir d; echo d/*; touch d/.x; echo d/.x*
### absolute
echo /dev/nul[l] /dev/nul?
### double slashes and a slash at the end
mkdir -p q/r; touch q/r/s; echo q//r/*; echo q*/
### in for and case only where due
touch one; for i in o*; do echo $i; done; case o* in one) echo no;; 'o*') echo literal;; esac
### many
i=0; while [ $i -lt 200 ]; do : > f$i; i=$((i+1)); done; set -- f*; echo $# $1
### relative with dots
mkdir d; touch d/x; cd d; echo ./* ../d/*
### redirection targets are not matched
touch f1; echo a > f?; cat 'f?'
### escaped in a variable
touch 'a*b' ab; x='a\*b'; echo $x
