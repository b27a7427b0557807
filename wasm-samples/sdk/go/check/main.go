// check runs every part of the SDK against the host that it has.
package main

import (
	"os"

	"astrid/internal/check"
)

func main() {
	status := 0
	for _, part := range check.Parts {
		line := "ok " + part.Name + "\n"
		if err := part.Run(); err != nil {
			line, status = "not ok "+part.Name+": "+err.Error()+"\n", 1
		}
		os.Stdout.WriteString(line)
	}
	os.Exit(status)
}
