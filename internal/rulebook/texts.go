package rulebook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"

	"github.com/klauspost/compress/zstd"
)

// extent is where a text stands in texts.bin. On disk it is a pair of numbers.
type extent [2]int64

// texts keeps the texts of all versions in one file that only grows, each
// compressed by itself, found by the hash of its content.
type texts struct {
	file *os.File // nil when the book is new and only read
	at   map[string]extent
	end  int64 // where the next text goes; what is behind it counts for nothing
	enc  *zstd.Encoder
	dec  *zstd.Decoder
}

// maxText bounds an unpacked text; files above it are not taken in.
const maxText = 8 << 20

func openTexts(path string, at map[string]extent, end int64, write bool) (*texts, error) {
	t := &texts{at: at, end: end}
	var err error
	if write {
		t.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	} else if t.file, err = os.Open(path); os.IsNotExist(err) && len(at) == 0 {
		t.file, err = nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open rulebook texts: %w", err)
	}
	if t.dec, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxText*2)); err != nil {
		return nil, err
	}
	if t.enc, err = zstd.NewWriter(nil); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *texts) close() {
	if t.file != nil {
		_ = t.file.Close()
	}
	t.dec.Close()
}

// hashOf names a text.
func hashOf(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:16])
}

// put keeps a text and gives its name.
func (t *texts) put(text string) (string, error) {
	h := hashOf(text)
	if _, ok := t.at[h]; ok {
		return h, nil
	}
	packed := t.enc.EncodeAll([]byte(text), nil)
	if _, err := t.file.WriteAt(packed, t.end); err != nil {
		return "", fmt.Errorf("write rulebook text: %w", err)
	}
	t.at[h] = extent{t.end, int64(len(packed))}
	t.end += int64(len(packed))
	return h, nil
}

func (t *texts) get(hash string) (string, error) {
	e, ok := t.at[hash]
	if !ok || t.file == nil {
		return "", fmt.Errorf("the rulebook has no text %s", hash)
	}
	packed := make([]byte, e[1])
	if _, err := t.file.ReadAt(packed, e[0]); err != nil {
		return "", fmt.Errorf("read rulebook text %s: %w", hash, err)
	}
	text, err := t.dec.DecodeAll(packed, nil)
	if err != nil {
		return "", fmt.Errorf("read rulebook text %s: %w", hash, err)
	}
	if hashOf(string(text)) != hash {
		return "", fmt.Errorf("the rulebook text %s is damaged", hash)
	}
	return string(text), nil
}

func (t *texts) sync() error { return t.file.Sync() }
