package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// tipRef is where a fetch puts the branch's newest commit. A force-push just
// moves it.
const tipRef = plumbing.ReferenceName("refs/goshawk/tip")

// fetchGit fetches the newest commit of a branch, without its history, and
// reads its files from the object store: nothing is checked out, so no path
// in a repository can reach the file system.
func fetchGit(ctx context.Context, c Config, cache string) (*Snapshot, error) {
	if strings.HasPrefix(c.URL, "-") {
		return nil, errors.New("a URL cannot begin with a dash")
	}
	dir := filepath.Join(cache, c.Name+".git")
	repo, err := openStore(dir, c.URL)
	if err != nil {
		return nil, err
	}
	branch, err := branchRef(ctx, repo, c)
	if err != nil {
		return nil, err
	}
	err = pull(ctx, repo, branch)
	if err != nil && ctx.Err() == nil && !isRemoteProblem(err) {
		// The store is damaged, for example by a kill in the middle of an
		// earlier fetch. It holds nothing that cannot be fetched again.
		if rmErr := os.RemoveAll(dir); rmErr != nil {
			return nil, fmt.Errorf("%w (and the cache cannot be removed: %v)", err, rmErr)
		}
		if repo, err = openStore(dir, c.URL); err == nil {
			err = pull(ctx, repo, branch)
		}
	}
	if err != nil {
		return nil, err
	}
	return readTip(ctx, repo, c)
}

// openStore opens or makes the bare repository that keeps objects.
func openStore(dir, url string) (*git.Repository, error) {
	repo, err := git.PlainOpen(dir)
	if errors.Is(err, git.ErrRepositoryNotExists) {
		if repo, err = git.PlainInit(dir, true); err != nil {
			return nil, fmt.Errorf("make git cache: %w", err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open git cache: %w", err)
	}
	_ = repo.DeleteRemote("origin")
	if _, err := repo.CreateRemote(&config.RemoteConfig{Name: "origin", URLs: []string{url}}); err != nil {
		return nil, fmt.Errorf("set git remote: %w", err)
	}
	return repo, nil
}

// branchRef is the branch to fetch: the one asked for, else the remote's HEAD.
func branchRef(ctx context.Context, repo *git.Repository, c Config) (plumbing.ReferenceName, error) {
	if c.Branch != "" {
		return plumbing.NewBranchReferenceName(c.Branch), nil
	}
	remote, err := repo.Remote("origin")
	if err != nil {
		return "", err
	}
	refs, err := remote.ListContext(ctx, &git.ListOptions{})
	if err != nil {
		return "", fmt.Errorf("list branches: %w", err)
	}
	for _, r := range refs {
		if r.Name() == plumbing.HEAD && r.Type() == plumbing.SymbolicReference {
			return r.Target(), nil
		}
	}
	return "", errors.New("the repository does not say which branch is its main one; give --branch")
}

func pull(ctx context.Context, repo *git.Repository, branch plumbing.ReferenceName) error {
	spec := config.RefSpec("+" + string(branch) + ":" + string(tipRef))
	err := repo.FetchContext(ctx, &git.FetchOptions{
		RemoteName: "origin", RefSpecs: []config.RefSpec{spec}, Depth: 1, Force: true, Tags: git.NoTags,
	})
	if errors.Is(err, git.NoErrAlreadyUpToDate) {
		_, err = repo.Reference(tipRef, true)
	}
	if err != nil {
		return fmt.Errorf("fetch %s: %w", branch.Short(), err)
	}
	// A cut store can have the reference without the objects.
	ref, err := repo.Reference(tipRef, true)
	if err != nil {
		return err
	}
	commit, err := repo.CommitObject(ref.Hash())
	if err != nil {
		return fmt.Errorf("read commit: %w", err)
	}
	_, err = commit.Tree()
	return err
}

// isRemoteProblem says whether fetching again cannot help.
func isRemoteProblem(err error) bool {
	for _, e := range []error{git.ErrRepositoryNotExists, git.NoMatchingRefSpecError{}} {
		if errors.Is(err, e) {
			return true
		}
	}
	text := err.Error()
	return strings.Contains(text, "repository not found") || strings.Contains(text, "couldn't find remote ref") ||
		strings.Contains(text, "dial ") || strings.Contains(text, "authentication")
}

func readTip(ctx context.Context, repo *git.Repository, c Config) (*Snapshot, error) {
	ref, err := repo.Reference(tipRef, true)
	if err != nil {
		return nil, err
	}
	commit, err := repo.CommitObject(ref.Hash())
	if err != nil {
		return nil, fmt.Errorf("read commit: %w", err)
	}
	tree, err := commit.Tree()
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	t := newTaker(c)
	walker := object.NewTreeWalker(tree, true, nil)
	defer walker.Close()
	for {
		name, e, err := walker.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read tree: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if e.Mode != filemode.Regular && e.Mode != filemode.Executable || !t.needs(name) {
			continue
		}
		blob, err := repo.BlobObject(e.Hash)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		err = t.take(name, blob.Size, func() ([]byte, error) {
			r, err := blob.Reader()
			if err != nil {
				return nil, err
			}
			defer r.Close()
			return io.ReadAll(io.LimitReader(r, maxFile))
		})
		if err != nil {
			return nil, err
		}
	}
	s := t.done()
	s.Commit, s.Time = commit.Hash.String(), commit.Committer.When.UTC()
	return s, nil
}
