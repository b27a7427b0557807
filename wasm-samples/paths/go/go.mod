module paths-go

go 1.21
