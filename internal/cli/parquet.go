package cli

import (
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go"

	"goshawk/internal/types"
	"goshawk/internal/vector"
)

// parquetRows writes rows as a Parquet file.
type parquetRows struct {
	w      *parquet.GenericWriter[any]
	schema types.Schema
	rows   []parquet.Row
}

// ordered is a group whose fields keep their order: parquet.Group sorts them
// by name.
type ordered struct {
	parquet.Group
	fields []parquet.Field
}

func (o ordered) Fields() []parquet.Field { return o.fields }

// rowsPerGroup bounds the rows that are held until they are written.
const rowsPerGroup = 128 << 10

func newParquet(w io.Writer, schema types.Schema) *parquetRows {
	g := parquet.Group{}
	for _, c := range schema {
		g[c.Name] = parquet.Optional(parquet.Compressed(parquetNode(c.Type), &parquet.Zstd))
	}
	byName := map[string]parquet.Field{}
	for _, f := range g.Fields() {
		byName[f.Name()] = f
	}
	o := ordered{Group: g}
	for _, c := range schema {
		o.fields = append(o.fields, byName[c.Name])
	}
	return &parquetRows{schema: schema, w: parquet.NewGenericWriter[any](w, parquet.NewSchema("rows", o), parquet.MaxRowsPerRowGroup(rowsPerGroup),
		parquet.CreatedBy("goshawk", "1", ""))}
}

func parquetNode(t types.Type) parquet.Node {
	switch t {
	case types.Bool:
		return parquet.Leaf(parquet.BooleanType)
	case types.Int:
		return parquet.Int(32)
	case types.Long:
		return parquet.Int(64)
	case types.Real:
		return parquet.Leaf(parquet.DoubleType)
	case types.Datetime:
		return parquet.Timestamp(parquet.Nanosecond)
	case types.Guid:
		return parquet.UUID()
	case types.Dynamic, types.Unknown:
		return parquet.JSON()
	}
	return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
}

// unixEpoch is 1970 in ticks, and what an int64 of nanoseconds can hold from
// there in ticks: 1677 to 2262.
var unixEpoch = types.FromUnix(0, 0)

const nanoSpan = math.MaxInt64 / 100

// Write writes the rows of a batch.
func (p *parquetRows) Write(b *vector.Batch) error {
	p.rows = p.rows[:0]
	for i := range b.N {
		row := make(parquet.Row, len(b.Cols))
		for k, c := range b.Cols {
			v, err := p.value(c, i, k)
			if err != nil {
				return err
			}
			level := 1
			if v.IsNull() {
				level = 0
			}
			row[k] = v.Level(0, level, k)
		}
		p.rows = append(p.rows, row)
	}
	_, err := p.w.WriteRows(p.rows)
	return err
}

func (p *parquetRows) value(v *vector.Vector, i, k int) (parquet.Value, error) {
	if v.IsNull(i) {
		return parquet.NullValue(), nil
	}
	switch p.schema[k].Type {
	case types.Bool:
		return parquet.BooleanValue(v.Bool(i)), nil
	case types.Int:
		return parquet.Int32Value(int32(v.Int(i))), nil
	case types.Long:
		return parquet.Int64Value(v.Int(i)), nil
	case types.Real:
		return parquet.DoubleValue(v.Real(i)), nil
	case types.Datetime:
		t := v.Int(i) - unixEpoch
		if t > nanoSpan || t < -nanoSpan {
			return parquet.Value{}, fmt.Errorf("column %s holds %s, which a Parquet timestamp cannot hold; export NDJSON or CSV",
				p.schema[k].Name, types.AppendDatetimeShort(nil, v.Int(i)))
		}
		return parquet.Int64Value(t * 100), nil
	case types.Timespan:
		return parquet.ByteArrayValue(types.AppendTimespan(nil, v.Int(i))), nil
	case types.Guid:
		g := v.Guid(i)
		return parquet.FixedLenByteArrayValue(g[:]), nil
	case types.Decimal:
		return parquet.ByteArrayValue([]byte(vector.DecimalText(v.Dec(i)))), nil
	case types.String:
		return parquet.ByteArrayValue([]byte(v.Str(i))), nil
	}
	return parquet.ByteArrayValue([]byte(v.Dyn(i).JSON())), nil
}

// Close ends the file.
func (p *parquetRows) Close() error { return p.w.Close() }
