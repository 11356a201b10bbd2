import Foundation
import ModelFiles

/// What is done of a sweep, in a file: a line of JSON that says which sweep it is, and one for each run that is over.
/// Each is written at once and whole, so that who is killed at any moment goes on after the last of them.
public final class SweepJournal: Sendable {
    private struct Heading: Codable, Equatable {
        var event = "sweep"
        /// The command line, and what tells the data sets from others of their names.
        let options, data: String
    }

    private struct Entry: Codable {
        var event = "run"
        let result: SweepResult
    }

    /// What was in it, one for each run that is over.
    public let results: [SweepResult]
    private let file: AppendingFile

    /// Opens a journal, or begins one.
    ///
    /// - Parameters:
    ///   - options: those of the sweep.
    ///   - data: the fingerprints of its data sets.
    ///   - runs: how many the sweep has.
    ///   - overwrites: whether to begin anew.
    /// - Throws: where it is that of another sweep, damaged, or in use.
    public init(path: String, options: String, data: String, runs: Int, overwrites: Bool) throws {
        let heading = Heading(options: options, data: data)
        file = try AppendingFile(path, continues: true)
        guard file.lock() else {
            throw ModelFileError(
                path, expected: "a journal for this sweep alone", found: "one that another one writes to")
        }
        if overwrites { try file.cut(to: 0) }
        let contents = FileManager.default.contents(atPath: path) ?? Data()
        guard let end = contents.lastIndex(of: UInt8(ascii: "\n")) else {
            // Not even the heading was written whole.
            guard try JSONLine(heading).text.utf8.starts(with: contents) else {
                throw ModelFileError(path, expected: "the journal of a sweep", found: "something else")
            }
            try file.cut(to: 0)
            results = []
            try append(heading)
            return
        }
        let lines = contents[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let found = lines.first.flatMap({ try? JSONDecoder().decode(Heading.self, from: Data($0)) }),
            found.event == heading.event
        else { throw ModelFileError(path, expected: "the journal of a sweep", found: "something else") }
        guard found.options == options else {
            throw ModelFileError(
                path, expected: "the journal of this sweep (--journal names another, --overwrite begins anew)",
                found: "that of \"\(found.options)\"")
        }
        guard found.data == data else {
            throw ModelFileError(
                path, expected: "the journal of a sweep on these data (--overwrite begins anew)",
                found: "one on others of the same name")
        }
        var byRun: [Int: SweepResult] = [:]
        for (index, line) in lines.enumerated().dropFirst() {
            guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)),
                (0..<runs).contains(entry.result.run)
            else {
                throw ModelFileError(
                    path, expected: "the result of a run in line \(index + 1)", found: "something else")
            }
            byRun[entry.result.run] = entry.result
        }
        results = byRun.values.sorted { $0.run < $1.run }
        try file.cut(to: end + 1)
    }

    public func append(_ result: SweepResult) throws { try append(Entry(result: result)) }

    private func append(_ line: some Encodable) throws {
        try file.append(Array((JSONLine(line).text + "\n").utf8))
    }
}
