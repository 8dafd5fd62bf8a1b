// Verify_log checks an exported log with the code that checks the Go checksum database, and none of ours.
//
//	verify_log log       -dir DIR -vkey FILE [-samples N] [-sizes 10,200]
//	verify_log inclusion -vkey FILE -proof FILE -entry FILE
//	verify_log consistency -vkey FILE -old CHECKPOINT -new CHECKPOINT -proof FILE
//
// It prints what it checked and ends with 0; at the first fault it prints the fault and ends with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func main() {
	if len(os.Args) < 2 {
		fail(errors.New("expected 'log', 'inclusion' or 'consistency'"))
	}
	commands := map[string]func([]string) error{
		"log": verifyLog, "inclusion": verifyInclusion, "consistency": verifyConsistency,
	}
	command, known := commands[os.Args[1]]
	if !known {
		fail(fmt.Errorf("unknown command %q", os.Args[1]))
	}
	if err := command(os.Args[2:]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "refused:", err)
	os.Exit(1)
}

// openCheckpoint checks the note's signature and that its first line is the key's name.
func openCheckpoint(signed []byte, vkeyFile string) (tlog.Tree, error) {
	vkey, err := os.ReadFile(vkeyFile)
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("checkpoint: not of this log")
	}
	size, err := decimal(lines[1])
	if err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: size, Hash: hash}, nil
}

func decimal(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || strconv.FormatInt(number, 10) != text {
		return 0, fmt.Errorf("%q is no size or index", text)
	}
	return number, nil
}

// directory reads tiles by the paths of C2SP tlog-tiles, which have no height in them.
type directory string

func (d directory) Height() int { return tileHeight }

func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}

func (d directory) read(name string, index int64, width int) ([]byte, error) {
	groups := fmt.Sprintf("%03d", index%1000)
	for rest := index / 1000; rest > 0; rest /= 1000 {
		groups = fmt.Sprintf("x%03d/%s", rest%1000, groups)
	}
	path := filepath.Join(string(d), "tile", name, filepath.FromSlash(groups))
	if width < 1<<tileHeight {
		path = fmt.Sprintf("%s.p/%d", path, width)
	}
	return os.ReadFile(path)
}

func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := d.read(strconv.Itoa(tile.L), tile.N, tile.W)
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("tile/%d/%d: %d bytes for %d hashes", tile.L, tile.N, len(data), tile.W)
		}
		found = append(found, data)
	}
	return found, nil
}

// entries reads one bundle: runs of a 2-byte length and an entry.
func (d directory) entries(index int64, width int) ([][]byte, error) {
	data, err := d.read("entries", index, width)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("tile/entries/%d: entry %d is cut", index, len(entries))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("tile/entries/%d: %d entries, expected %d", index, len(entries), width)
	}
	return entries, nil
}

// replay hashes every entry and gives all hashes of the tree, in the order of tlog's stored hashes.
func replay(dir directory, size int64) ([]tlog.Hash, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for position, index := range indexes {
			found[position] = stored[index]
		}
		return found, nil
	})
	for first := int64(0); first < size; first += 1 << tileHeight {
		width := size - first
		if width > 1<<tileHeight {
			width = 1 << tileHeight
		}
		entries, err := dir.entries(first>>tileHeight, int(width))
		if err != nil {
			return nil, err
		}
		for offset, entry := range entries {
			hashes, err := tlog.StoredHashes(first+int64(offset), entry, reader)
			if err != nil {
				return nil, err
			}
			stored = append(stored, hashes...)
		}
	}
	return stored, nil
}

// compareTiles compares every tile file with the hashes of the entries.
func compareTiles(dir directory, size int64, stored []tlog.Hash) (int, error) {
	compared := 0
	for level := 0; size>>(tileHeight*level) > 0; level++ {
		count := size >> (tileHeight * level)
		for index := int64(0); index<<tileHeight < count; index++ {
			width := count - index<<tileHeight
			if width > 1<<tileHeight {
				width = 1 << tileHeight
			}
			tile := tlog.Tile{H: tileHeight, L: level, N: index, W: int(width)}
			data, err := dir.ReadTiles([]tlog.Tile{tile})
			if err != nil {
				return compared, err
			}
			for offset := int64(0); offset < width; offset++ {
				expected := stored[tlog.StoredHashIndex(tileHeight*level, index<<tileHeight+offset)]
				start := offset * tlog.HashSize
				if !bytes.Equal(data[0][start:start+tlog.HashSize], expected[:]) {
					return compared, fmt.Errorf("tile/%d/%d: hash %d is not that of the entries", level, index, offset)
				}
			}
			compared++
		}
	}
	return compared, nil
}

func verifyLog(arguments []string) error {
	flags := flag.NewFlagSet("log", flag.ExitOnError)
	folder := flags.String("dir", "", "the exported log: checkpoint, tile/...")
	vkey := flags.String("vkey", "", "the log's key; take it from somewhere else than the log")
	samples := flags.Int64("samples", 50, "how many inclusion proofs to make and check")
	sizes := flags.String("sizes", "", "earlier sizes to check consistency from, parted by commas")
	flags.Parse(arguments)
	dir := directory(*folder)
	signed, err := os.ReadFile(filepath.Join(*folder, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(signed, *vkey)
	if err != nil {
		return err
	}
	fmt.Printf("checkpoint: signed, %d entries\n", tree.N)

	stored, err := replay(dir, tree.N)
	if err != nil {
		return err
	}
	all := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for position, index := range indexes {
			found[position] = stored[index]
		}
		return found, nil
	})
	root := emptyRoot
	if tree.N > 0 {
		if root, err = tlog.TreeHash(tree.N, all); err != nil {
			return err
		}
	}
	if root != tree.Hash {
		return errors.New("checkpoint: its root is not that of the entries")
	}
	compared, err := compareTiles(dir, tree.N, stored)
	if err != nil {
		return err
	}
	fmt.Printf("replay: %d entries and %d tiles lead to the signed root\n", tree.N, compared)
	if tree.N == 0 {
		return nil
	}
	return proofsFromTiles(dir, tree, stored, *samples, *sizes)
}

// proofsFromTiles makes proofs as an auditor does who reads only the tiles he needs.
func proofsFromTiles(dir directory, tree tlog.Tree, stored []tlog.Hash, samples int64, sizes string) error {
	tiles := tlog.TileHashReader(tree, dir)
	step := tree.N/samples + 1
	ran := 0
	for index := int64(0); index < tree.N; index += step {
		proof, err := tlog.ProveRecord(tree.N, index, tiles)
		if err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		leaf := stored[tlog.StoredHashIndex(0, index)]
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		ran++
	}
	fmt.Printf("inclusion: %d proofs made from tiles and checked\n", ran)
	for _, text := range strings.FieldsFunc(sizes, func(r rune) bool { return r == ',' }) {
		old, err := decimal(text)
		if err != nil {
			return err
		}
		oldRoot, err := tlog.TreeHash(old, tiles)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, old, tiles)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, oldRoot); err != nil {
			return fmt.Errorf("size %d: %w", old, err)
		}
		// Where the log still has the checkpoint it signed then, it must be of this root.
		signed, err := os.ReadFile(filepath.Join(string(dir), "checkpoint."+text))
		if err == nil && !bytes.Contains(signed, []byte("\n"+oldRoot.String()+"\n")) {
			return fmt.Errorf("checkpoint.%s: it has another root", text)
		}
		fmt.Printf("consistency: %d entries are the beginning of %d\n", old, tree.N)
	}
	return nil
}

// emptyRoot is SHA-256 of nothing, which tlog has no name for.
var emptyRoot = tlog.Hash{
	0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
	0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// verifyInclusion checks a receipt (C2SP tlog-proof) for an entry.
func verifyInclusion(arguments []string) error {
	flags := flag.NewFlagSet("inclusion", flag.ExitOnError)
	vkey := flags.String("vkey", "", "the log's key")
	proofFile := flags.String("proof", "", "the receipt")
	entryFile := flags.String("entry", "", "the entry's bytes")
	flags.Parse(arguments)
	data, err := os.ReadFile(*proofFile)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(*entryFile)
	if err != nil {
		return err
	}
	head, signed, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("proof: not c2sp.org/tlog-proof@v1")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if _, err := base64.StdEncoding.DecodeString(lines[0][len("extra "):]); err != nil {
			return err
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return errors.New("proof: no index")
	}
	index, err := decimal(lines[0][len("index "):])
	if err != nil {
		return err
	}
	hashes, err := parseHashes(lines[1:])
	if err != nil {
		return err
	}
	tree, err := openCheckpoint([]byte(signed), *vkey)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	fmt.Printf("inclusion: entry %d is in the signed log of %d\n", index, tree.N)
	return nil
}

// verifyConsistency checks a proof text between two signed checkpoints.
func verifyConsistency(arguments []string) error {
	flags := flag.NewFlagSet("consistency", flag.ExitOnError)
	vkey := flags.String("vkey", "", "the log's key")
	oldFile := flags.String("old", "", "the earlier checkpoint")
	newFile := flags.String("new", "", "the later checkpoint")
	proofFile := flags.String("proof", "", "the proof: 'old N', 'new M', hashes")
	flags.Parse(arguments)
	var trees []tlog.Tree
	for _, name := range []string{*oldFile, *newFile} {
		signed, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		tree, err := openCheckpoint(signed, *vkey)
		if err != nil {
			return err
		}
		trees = append(trees, tree)
	}
	data, err := os.ReadFile(*proofFile)
	if err != nil {
		return err
	}
	lines := strings.Split(string(data), "\n")
	head := []string{fmt.Sprintf("old %d", trees[0].N), fmt.Sprintf("new %d", trees[1].N)}
	if len(lines) < 3 || lines[0] != head[0] || lines[1] != head[1] || lines[len(lines)-1] != "" {
		return fmt.Errorf("proof: expected %q and %q", head[0], head[1])
	}
	hashes, err := parseHashes(lines[2 : len(lines)-1])
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(hashes, trees[1].N, trees[1].Hash, trees[0].N, trees[0].Hash); err != nil {
		return err
	}
	fmt.Printf("consistency: %d entries are the beginning of %d\n", trees[0].N, trees[1].N)
	return nil
}
