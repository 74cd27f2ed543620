// Command goshawk runs published KQL detections on the user's own logs.
package main

import (
	"os"

	"goshawk/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
