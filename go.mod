module goshawk

go 1.26
