extension EvidenceVerifier {
    /// What makes a bundle hold.
    static let checks = #"""
        def check_part(number, name, part, commitment):
            """The opened detail, or None where it stays a commitment."""
            if not part or "detail" not in part:
                return None
            salt = base64.b64decode(part["salt"], validate=True)
            need(len(salt) == 32, f"entry {number}: the salt of its {name} detail is not 32 bytes")
            found = hmac.new(salt, part["detail"].encode(), hashlib.sha256).digest()
            need(found == commitment, f"entry {number}: its {name} detail is not what the log committed to")
            return json.loads(part["detail"])


        def check_record(record, proof, log, witnesses, seen):
            number, leaf = record["entry"], base64.b64decode(record["leaf"], validate=True)
            need(len(leaf) == 112 and leaf[0] == 1, f"entry {number}: its leaf is none")
            index, path, size, root, note = read_proof(f"proof of entry {number}", proof, log, witnesses, seen)
            need(index == number, f"entry {number}: its proof is for another entry")
            check_inclusion(f"entry {number}", index, size, leaf_hash(leaf), path, root)
            operational = check_part(number, "operational", record["operational"], leaf[16:48])
            subject = check_part(number, "subject", record["subject"], leaf[48:80])
            need((record["subject"] is None) == (leaf[48:80] == bytes(32)), f"entry {number}: whether it concerns a resident")
            words = {"allowed": 1, "refused": 2, "partly-allowed": 3, "partlyAllowed": 3}
            if operational and leaf[1] == 1 and operational.get("outcome") in words:
                need(words[operational["outcome"]] == leaf[2], f"entry {number}: leaf and detail decide differently")
            return leaf, operational, subject, size, root, note


        def policy_hash(files):
            data = b""
            for path, text in files:
                for part in (path.encode(), text):
                    data += struct.pack(">Q", len(part)) + part
            return hashlib.sha256(data).hexdigest()


        def read_bundle(place):
            files = {}
            if os.path.isdir(place):
                for folder, _, names in os.walk(place):
                    for name in names:
                        path = os.path.join(folder, name)
                        with open(path, "rb") as file:
                            files[os.path.relpath(path, place).replace(os.sep, "/")] = file.read()
                return files
            with zipfile.ZipFile(place) as archive:
                need(archive.testzip() is None, "a file of the archive is damaged")
                for name in archive.namelist():
                    need(name not in files, f"{name} is there twice")
                    files[name] = archive.read(name)
            return files


        def check(files, vkey, witness_keys):
            done, open_points = [], []
            for name in ("manifest.json", "keys/log.vkey", "records.ndjson", "receipt/record.json"):
                need(name in files, f"{name} is missing")
            log = Key(vkey if vkey else files["keys/log.vkey"].decode())
            need(files["keys/log.vkey"].decode().strip() == (vkey or files["keys/log.vkey"].decode()).strip(),
                 "the log's key in the bundle is not the one you trust")
            if not vkey:
                open_points.append("whether the log's key is the right one: compare keys/log.vkey with one from elsewhere")
            witnesses, seen = [Key(text) for text in witness_keys], {}

            # The receipt: the log has an entry about this bundle, with the manifest's digest.
            receipt = json.loads(files["receipt/record.json"])
            _, about, _, newest, newest_root, _ = check_record(
                receipt, files["receipt/record.tlog-proof"], log, witnesses, seen)
            need(about and about.get("format") == "hangu/evidence/1", "the receipt is not for a bundle of evidence")
            need(about["manifest"] == hashlib.sha256(files["manifest.json"]).hexdigest(),
                 "manifest.json is not the one that the log knows")
            manifest = json.loads(files["manifest.json"])
            for name in ("officer", "reason", "reference", "withheld"):
                need(about[name] == manifest[name], f"the manifest's '{name}' is not the log's")
            done.append(f"the log has this disclosure as entry {receipt['entry']}: {about['officer']}, {about['reason']}")
            names = {name for name in files if name != "manifest.json" and not name.startswith("receipt/")}
            extra = {name for name in files if name.startswith("receipt/")} - {
                "receipt/record.json", "receipt/record.tlog-proof", "receipt/consistency.txt"}
            for name in sorted((names ^ set(manifest["files"])) | extra):
                raise Refused(f"{name} is {'missing' if name not in files else 'not in the manifest'}")
            for name, digest in sorted(manifest["files"].items()):
                need(hashlib.sha256(files[name]).hexdigest() == digest, f"{name} was changed")
            done.append(f"{len(names)} files are those of the manifest")

            size, root = checkpoint("proofs/checkpoint", files["proofs/checkpoint"], log, witnesses, seen)
            need(size == manifest["size"], "the checkpoint is of another size than the manifest says")
            done.append(f"the log signed its state at {size} entries")
            if seen["witnesses"]:
                done.append("witnesses who cosigned it: " + ", ".join(seen["witnesses"]))
            if seen["unknown"]:
                open_points.append(f"{seen['unknown']} further signatures, by keys not given with --witness-key")
            elif not seen["witnesses"]:
                open_points.append("that others saw the same log: no witness cosigned the checkpoint")
            steps = [("receipt/consistency.txt", size, root, newest, newest_root)]
            if "proofs/checkpoint.first" in files:
                old, old_root = checkpoint("proofs/checkpoint.first", files["proofs/checkpoint.first"], log, witnesses, {})
                steps.append(("proofs/consistency.txt", old, old_root, size, root))
            for name, old, old_root, new, new_root in steps:
                need(name in files, f"{name} is missing")
                proof_old, proof_new, path = read_consistency(name, files[name])
                need((proof_old, proof_new) == (old, new), f"{name}: it is for other sizes")
                check_consistency(name, old, new, path, old_root, new_root)
            done.append("from the first entry to the receipt the log only grew")

            records = [json.loads(line) for line in files["records.ndjson"].decode().splitlines()]
            need(len(records) == manifest["entries"] == about["count"], "the number of records is not the manifest's")
            withheld, gone, bundles = 0, 0, {}
            for record in records:
                name = f"proofs/{record['entry']}.tlog-proof"
                need(name in files, f"{name} is missing")
                _, operational, _, proof_size, proof_root, _ = check_record(record, files[name], log, witnesses, {})
                need((proof_size, proof_root) == (size, root), f"{name}: it is under another checkpoint")
                withheld += sum(1 for part in ("operational", "subject") if (record[part] or {}).get("withheld"))
                gone += 1 if (record["subject"] or {}).get("gone") else 0
                if operational and operational.get("bundle"):
                    bundles.setdefault(operational["bundle"], []).append(record["entry"])
            done.append(f"{len(records)} entries are in the log as they are told here")
            if withheld:
                open_points.append(f"{withheld} parts were withheld; the log committed to them")
            if gone:
                open_points.append(f"{gone} parts cannot be opened by anybody: the residents' keys were destroyed")
            for digest, entries in sorted(bundles.items()):
                start = f"policies/{digest}/"
                texts = [(name[len(start):], text) for name, text in sorted(files.items()) if name.startswith(start)]
                if not texts:
                    open_points.append(f"the text of the rules {digest[:16]}…, which entries {entries} name")
                    continue
                texts.sort(key=lambda item: (item[0] != "floor.cedar", item[0]))
                need(policy_hash(texts) == digest, f"{start}: the rules are not those that the entries name")
                done.append(f"the rules {digest[:16]}… are those under which entries {entries} were decided")
            open_points += [
                "what was released: the log holds no values", "the time: it is that of the gateway's clock",
                "that nothing else in the log would belong here",
                "explanations.txt, report.html and report.csv say what the records say: they are for reading"]
            return done, open_points


        def main():
            parser = argparse.ArgumentParser(description="Checks a bundle of evidence.")
            parser.add_argument("bundle", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
            parser.add_argument("--vkey", help="file with the log's key, from somewhere else than the bundle")
            parser.add_argument("--witness-key", action="append", default=[], help="file with the key of a witness")
            options = parser.parse_args()
            try:
                def text(path):
                    with open(path) as file:
                        return file.read()
                files = read_bundle(options.bundle)
                done, open_points = check(
                    files, text(options.vkey) if options.vkey else None, [text(path) for path in options.witness_key])
            except (Refused, OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error,
                    zipfile.BadZipFile) as error:
                print(f"refused 不予采信: {error if isinstance(error, Refused) else 'not a bundle: ' + repr(error)}")
                return 1
            for line in done:
                print(f"checked 已核对: {line}")
            for line in open_points:
                print(f"not checked 未核对: {line}")
            print("the bundle holds 证据包成立")
            return 0


        if __name__ == "__main__":
            sys.exit(main())
        """#
}
