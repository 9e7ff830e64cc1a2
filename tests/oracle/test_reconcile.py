"""What the second reading itself is held to: python3 -m unittest."""

import gzip
import pathlib
import tempfile
import tomllib
import unittest

from reconcile import reconcile

CONTRACT = """
title = "Small"
mode = "delta"
files = ["small_{date}.csv", "small_{date}.jsonl"]
key = ["ref"]
columns = [
    { name = "ref", type = "identifier", required = true, drop_zero_decimals = true },
    { name = "kind", type = "text", required = true, headers = ["Sort"], map = { Ay = "a" }, values = ["a", "b"] },
    { name = "count", type = "integer", default = "1", min = 1, max = 9 },
    { name = "share", type = "decimal", may_be_absent = true, otherwise = "warn" },
    { name = "at", type = "timestamp", may_be_absent = true },
]
"""


def judged(text, extra="", name="small_20260309.csv", contract=CONTRACT):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / name
        raw = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return reconcile(tomllib.loads(contract + extra), path)


def counts(found):
    return [found[name] for name in ("rows", "accepted", "rejected", "duplicates", "warnings")]


def faults(found):
    return [(fault["line"], fault["column"]) for fault in found["faults"]]


class Reading(unittest.TestCase):
    def test_cells_are_trimmed_mapped_and_given_their_default(self):
        found = judged("REF , sort,count\r\n 1.0\u00a0,\tAy,\r\n2,b,3\r\n")
        self.assertEqual(counts(found), [2, 2, 0, 0, 0])
        self.assertEqual(found["sums"], {"count": 4, "share": "0"})

    def test_equal_rows_of_a_key_count_once_and_differing_ones_never(self):
        found = judged("ref,kind,count\n1,a,1\n1,Ay,\n2,a,1\n2,b,1\n3,a,1\n")
        self.assertEqual(counts(found), [5, 2, 2, 1, 0])
        self.assertEqual(faults(found), [(4, "ref"), (5, "ref")])

    def test_the_same_row_with_another_op_is_a_conflict(self):
        found = judged("ref,kind,op\n1,a,I\n1,a,U\n")
        self.assertEqual(counts(found), [2, 0, 2, 0, 0])

    def test_a_removal_needs_only_its_key_and_other_letters_are_refused(self):
        found = judged("ref,kind,op\n1,,D\n,,D\n2,,U\n3,a,Q\n")
        self.assertEqual(counts(found), [4, 1, 3, 0, 0])
        self.assertEqual(faults(found), [(3, "ref"), (4, "kind"), (5, "op")])

    def test_an_op_of_another_name_and_letter_is_read(self):
        found = judged("ref,kind,What\n1,,x\n2,a,n\n", '[op]\nheaders = ["what"]\nmap = { x = "D", n = "I" }\n')
        self.assertEqual(found["ops"], {"D": 1, "I": 1})

    def test_mangled_identifiers_numbers_and_moments_are_rejected(self):
        head = "ref,kind,count,at\n"
        for row in ("1.5E+10,a,1,", "1,a,1.5,", "1,a,10,", "1,c,1,", "1,a,1,2026-02-30 10:00:00",
                    "1,a,1,2026-02-03 24:00:00", "1,a,1,2026-02-03T10:00:00Z", "1,a,1,2028-01-01 00:00:00",
                    "1,a,1,1899-12-31 00:00:00", "1,a", "1,a,1,,"):
            self.assertEqual(counts(judged(head + row + "\n"))[:3], [1, 0, 1], row)
        for row in ("x1E5,a,1,", "12E34,a,1,2027-12-31T23:59:59.5"):
            self.assertEqual(counts(judged(head + row + "\n"))[:3], [1, 1, 0], row)

    def test_a_warning_empties_the_cell_and_keeps_the_row(self):
        found = judged("ref,kind,share\n1,a,0.5\n2,a,many\n3,a,1e12\n")
        self.assertEqual(counts(found), [3, 3, 0, 0, 2])
        self.assertEqual(found["sums"]["share"], "0.500000")

    def test_decimals_have_six_places_and_may_have_an_exponent(self):
        found = judged("ref,kind,share\n1,a,-7.8e-05\n2,a,0.1234565\n3,a,+1.\n4,a,.5E1\n")
        self.assertEqual(counts(found), [4, 4, 0, 0, 0])
        self.assertEqual(found["sums"]["share"], "6.123379")

    def test_headers_quotes_and_bytes_that_could_be_misread_refuse_the_file(self):
        for text in ("ref,count\n1,1\n", "ref,kind,Sort\n1,a,a\n", 'ref,kind\n1,"a\n2,"b\n', 'ref,kind\n1,"a"b\n',
                     b"ref,kind\n1,\xe9\n", b"r\0e\0f\0", ""):
            self.assertTrue(judged(text)["refused"], text)

    def test_too_many_rejected_rows_refuse_the_file(self):
        limits = "[rejects]\nrefuse_above = 0.5\nat_least = 2\n"
        self.assertTrue(judged("ref,kind\n1,c\n2,c\n3,a\n", limits)["refused"])
        self.assertFalse(judged("ref,kind\n1,c\n2,c\n3,a\n4,a\n", limits)["refused"])

    def test_one_wrong_value_may_refuse_the_file(self):
        contract = CONTRACT.replace('values = ["a", "b"]', 'values = ["a", "b"], otherwise = "reject_file"')
        self.assertTrue(judged("ref,kind\n1,a\n2,c\n", contract=contract)["refused"])

    def test_json_lines_are_read_by_the_same_rules(self):
        lines = '{"ref": 1.0, "Sort": "Ay", "count": 2, "op": "U"}\n\n{"ref": "2", "kind": ["a"]}\n[1]\n{"ref": 3}\n'
        found = judged(lines, name="small_20260309.jsonl.gz")
        self.assertEqual(counts(found), [4, 1, 3, 0, 0])
        self.assertEqual(faults(found), [(3, None), (4, None), (5, "kind")])

    def test_without_a_key_equal_rows_all_count(self):
        contract = CONTRACT.replace('key = ["ref"]', "").replace('"delta"', '"snapshot"')
        found = judged("ref,kind\n1,a\n1,a\n1,b\n", contract=contract)
        self.assertEqual((counts(found), found["distinct"]), ([3, 3, 0, 0, 0], 2))

    def test_windows_1252_is_read_to_the_last_byte(self):
        contract = CONTRACT.replace("mode", 'encoding = "windows-1252"\nmode').replace(', values = ["a", "b"]', "")
        found = judged("ref,kind\n1,Brontë’s\n".encode("cp1252") + b"2,\x81\n", contract=contract)
        self.assertEqual(counts(found), [2, 2, 0, 0, 0])


if __name__ == "__main__":
    unittest.main()
