module goshawk

go 1.26

require github.com/cockroachdb/apd/v3 v3.2.3

require go.yaml.in/yaml/v4 v4.0.0
