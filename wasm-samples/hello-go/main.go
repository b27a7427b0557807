// hello-go greets from Go. Without fmt, which would make it an eighth bigger.
package main

import "os"

func main() {
	if _, err := os.Stdout.WriteString("Hello from Go!\n"); err != nil {
		os.Exit(1)
	}
}
