package plugin

import (
	"goshawk/internal/fn"
	"goshawk/internal/types"
)

// Why plugins are refused.
const (
	callsOut = "it calls a service over the network, and Goshawk runs without one"
	runsCode = "it runs code of another language in a sandbox of the service"
	storage  = "it reads files of the service's storage"
	noPage   = "no documentation says what it gives"
)

// refused registers a plugin that is known and not run. Its columns are those
// of the result all the same, so that a check goes on behind it.
func refused(name, summary, reason string, columns func(u *Use) ([]Column, error), open bool) *Plugin {
	return plugin(Plugin{Name: name, Summary: summary, Columns: columns, Open: open, Status: fn.Planned, Reason: reason})
}

// none are no columns.
func none(*Use) ([]Column, error) { return nil, nil }

// same are the input's columns.
func same(u *Use) ([]Column, error) { return u.passed(), nil }

// fixed are columns that depend on nothing.
func fixed(cols ...Column) func(*Use) ([]Column, error) {
	return func(*Use) ([]Column, error) { return cols, nil }
}

// scripted are the columns that a typeof() argument names, behind the input's
// when it has a star.
func scripted(u *Use) ([]Column, error) {
	a := u.Arg("OutputSchema")
	if a == nil {
		return nil, nil
	}
	var out []Column
	if a.Star {
		out = u.passed()
	}
	for _, c := range a.Schema {
		out = append(out, Made(c.Name, c.Type))
	}
	return out, nil
}

// added are the input's columns and one named after an argument.
func added(param, suffix string, t types.Type) func(*Use) ([]Column, error) {
	return func(u *Use) ([]Column, error) {
		name := ""
		if a := u.Arg(param); a != nil {
			name = a.Name
		}
		return append(u.passed(), Made(name+suffix, t)), nil
	}
}

var (
	_ = refused("ai_chat_completion", "Asks a language model.", callsOut, added("Prompt", "_completion", types.String), false)
	_ = refused("ai_chat_completion_prompt", "Asks a language model.", callsOut, added("Prompt", "_completion", types.String), false)
	_ = refused("ai_embed_text", "Asks a model for the embedding of a text.", callsOut, added("Text", "_embedding", types.Dynamic), false)
	_ = refused("ai_embeddings", "Asks a model for the embedding of a text.", callsOut, added("Text", "_embeddings", types.Dynamic), false)
	_ = refused("azure_digital_twins_query_request", "Queries Azure Digital Twins.", callsOut, none, true)
	_ = refused("cosmosdb_sql_request", "Queries Azure Cosmos DB.", callsOut, none, true)
	_ = refused("csharp", "Runs a C# script.", runsCode, scripted, false)
	_ = refused("dax_request", "Queries a DAX model.", callsOut, none, true)
	_ = refused("execute_query", "Runs a query on another cluster.", callsOut, none, true)
	_ = refused("execute_show_command", "Runs a command on another cluster.", callsOut, none, true)
	_ = refused("external_datatable", "Reads an external table.", storage, none, true)
	_ = refused("http_request", "Sends an HTTP GET request.", callsOut, fixed(Made("ResponseHeaders", types.Dynamic), Made("ResponseBody", types.Dynamic)), false)
	_ = refused("http_request_post", "Sends an HTTP POST request.", callsOut, fixed(Made("ResponseHeaders", types.Dynamic), Made("ResponseBody", types.Dynamic)), false)
	_ = refused("identity_v3", "Gives its input; a test plugin of the service.", noPage, same, false)
	_ = refused("infer_storage_schema", "Finds the schema of files.", storage, fixed(Made("CslSchema", types.String)), false)
	_ = refused("infer_storage_schema_with_suggestions", "Finds the schema of files and suggests types.", storage, fixed(Made("SuggestedTableSchema", types.String)), false)
	_ = refused("mysql_request", "Queries MySQL.", callsOut, none, true)
	_ = refused("postgresql_request", "Queries PostgreSQL.", callsOut, none, true)
	_ = refused("python", "Runs a Python script.", runsCode, scripted, false)
	_ = refused("r", "Runs an R script.", runsCode, scripted, false)
	_ = refused("sql_request", "Queries SQL Server.", callsOut, none, true)
)
