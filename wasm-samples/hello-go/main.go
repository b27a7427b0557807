// hello-go greets from Go.
package main

import "fmt"

func main() {
	fmt.Println("Hello from Go!")
}
