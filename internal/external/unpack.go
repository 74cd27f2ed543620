package external

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// readAll reads a source to its end, unpacked and without a byte order mark.
func readAll(f io.Reader) ([]byte, error) {
	data, err := bounded(f, maxRead)
	if err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		if data, err = bounded(z, maxUnpacked); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		if data, err = unzip(data); err != nil {
			return nil, err
		}
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
}

// unzip gives the one file of an archive.
func unzip(data []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	var one *zip.File
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if one != nil {
			return nil, errors.New("zip: the archive holds more than one file, which is not supported")
		}
		one = f
	}
	if one == nil {
		return nil, errors.New("zip: the archive is empty")
	}
	f, err := one.Open()
	if err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	defer f.Close()
	out, err := bounded(f, maxUnpacked)
	if err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	return out, nil
}

// bounded reads at most limit bytes; more is an error.
func bounded(f io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("it holds more than %d MB", limit>>20)
	}
	return data, nil
}
