module chat-echo-go

go 1.24

require astrid v0.1.0

replace astrid => ../sdk/go
