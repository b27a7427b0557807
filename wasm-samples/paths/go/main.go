// paths: what a Go program finds under a name. Go itself takes the working directory from PWD.
package main

import (
	"os"
	"strings"
)

func say(path, text string) { os.Stdout.WriteString(path + ": " + text + "\n") }

func list(path string) {
	entries, err := os.ReadDir(path)
	if err != nil {
		say(path, err.Error())
		return
	}
	var names []string
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, entry.Name())
		}
	}
	say(path, strings.Join(names, " "))
}

func show(path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		say(path, err.Error())
		return
	}
	say(path, string(text))
}

func put(path string) {
	if err := os.WriteFile(path, []byte("made"), 0o666); err != nil {
		say(path, err.Error())
	}
}

func main() {
	verb := "code"
	if len(os.Args) > 1 {
		verb = os.Args[1]
	}
	for i := 2; i < len(os.Args); i++ {
		switch verb {
		case "list":
			list(os.Args[i])
		case "put":
			put(os.Args[i])
		default:
			show(os.Args[i])
		}
	}
	if verb == "code" {
		for _, path := range []string{"notes.txt", "/etc/motd", "/home/me/notes.txt", "./notes.txt", "../me/notes.txt"} {
			show(path)
		}
		list(".")
		list("/home/me")
	}
}
