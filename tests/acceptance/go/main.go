// Checks a served register with the code of the Go checksum database, which shares nothing with ours.
//
//	logcheck http://127.0.0.1:7711 PUBLIC-KEY [FILE WITH AN EARLIER CHECKPOINT]...
//
// It opens /checkpoint, reads the tree through tiles over HTTP, proves records by their stored bytes,
// and proves that the log of every earlier checkpoint only grew.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height, width = 8, 256

// served reads the tiles of a register.
type served string

func (url served) get(path string) ([]byte, error) {
	reply, err := http.Get(string(url) + "/" + path)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err == nil && reply.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, reply.Status)
	}
	return body, err
}

func (url served) Height() int { return height }

func (url served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// Go's paths name the height; C2SP's leave it out.
		path := "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
		data, err := url.get(path)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (url served) SaveTiles([]tlog.Tile, [][]byte) {}

// record reads the stored bytes of one event from its bundle.
func (url served) record(tree tlog.Tree, number int64) ([]byte, error) {
	bundle := tlog.Tile{H: height, L: -1, N: number / width, W: width}
	if rest := tree.N - bundle.N*width; rest < width {
		bundle.W = int(rest)
	}
	path := strings.TrimPrefix(bundle.Path(), fmt.Sprintf("tile/%d/data/", height))
	data, err := url.get("tile/entries/" + path)
	for skip := number % width; err == nil; skip-- {
		if len(data) < 2 {
			return nil, errors.New("a bundle is too short")
		}
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			return nil, errors.New("a bundle is too short")
		}
		if skip == 0 {
			return data[2 : 2+length], nil
		}
		data = data[2+length:]
	}
	return nil, err
}

// open checks a signed checkpoint and reads it.
func open(msg []byte, key note.Verifier) (tree tlog.Tree, err error) {
	signed, err := note.Open(msg, note.VerifierList(key))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() {
		return tree, errors.New("not a checkpoint of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func check(url served, public string, earlier []string) error {
	key, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return err
	}
	msg, err := url.get("checkpoint")
	if err != nil {
		return err
	}
	tree, err := open(msg, key)
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, url)
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the tiles have another root than the checkpoint")
	}
	records := []int64{0, 1, 255, 256, 257, tree.N / 2, tree.N - 2, tree.N - 1}
	for _, number := range records {
		if number >= tree.N {
			return fmt.Errorf("there are only %d records", tree.N)
		}
		data, err := url.record(tree, number)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, number, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, number, tlog.RecordHash(data)); err != nil {
			return fmt.Errorf("record %d: %w", number, err)
		}
	}
	for _, file := range earlier {
		msg, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		then, err := open(msg, key)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		proof, err := tlog.ProveTree(tree.N, then.N, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, then.N, then.Hash); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	fmt.Printf("%d records and %d earlier checkpoints hold in a log of %d\n", len(records), len(earlier), tree.N)
	return nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: logcheck URL PUBLIC-KEY [EARLIER-CHECKPOINT]...")
		os.Exit(2)
	}
	if err := check(served(os.Args[1]), os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "logcheck:", err)
		os.Exit(1)
	}
}
