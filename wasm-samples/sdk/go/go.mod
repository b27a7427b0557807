module astrid

go 1.24
