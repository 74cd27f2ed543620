package store

// SyncDir does nothing: Windows keeps names durable with the files, and has
// no way to sync a folder.
func (OS) SyncDir(string) error { return nil }
