import Foundation
import ModelFiles
import Testing

@testable import Training

@Suite struct SweepJournalTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("inkling-\(UUID().uuidString)")
        .path

    private func journal(
        options: String = "--seeds 3", data: String = "mnist: 1", overwrites: Bool = false
    ) throws -> SweepJournal {
        try SweepJournal(path: path, options: options, data: data, runs: 3, overwrites: overwrites)
    }

    private func result(_ run: Int, loss: Double = 0.1) -> SweepResult {
        let epoch = EpochResult(
            epoch: 1, step: 10, trainLoss: 0.2, trainAccuracy: 0.9, testLoss: loss, testAccuracy: 0.95, seconds: 1,
            samplesPerSecond: 10)
        return SweepResult(run: run, epochs: [epoch], seconds: 1.5)
    }

    private func problem(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test func goesOnWithWhatIsDone() throws {
        defer { unlink(path) }
        do {
            let journal = try journal()
            #expect(journal.results.isEmpty)
            try journal.append(result(2))
            try journal.append(result(0))
        }
        #expect(try journal().results == [result(0), result(2)])
        #expect(try journal(overwrites: true).results.isEmpty)
        #expect(try journal().results.isEmpty)
    }

    @Test func whatDivergedComesBack() throws {
        defer { unlink(path) }
        try journal().append(result(1, loss: .nan))
        let found = try #require(try journal().results.first)
        #expect(found.hasDiverged && found.testLoss.isNaN && found.trainLoss == 0.2)
    }

    /// A program can be killed, or a machine fail, in the middle of a line; at whatever byte, the whole lines count, and
    /// the next result stands on a line of its own.
    @Test func anyPartOfAJournalIsOne() throws {
        defer { unlink(path) }
        do {
            let journal = try journal()
            for run in 0..<3 { try journal.append(result(run)) }
        }
        let whole = try #require(FileManager.default.contents(atPath: path))
        for length in 0...whole.count {
            let part = whole.prefix(length)
            try part.write(to: URL(fileURLWithPath: path))
            let lines = part.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count - 1
            do {
                let journal = try journal()
                #expect(journal.results.count == max(lines - 1, 0))
                try journal.append(result(2))
            }
            #expect(try journal().results.last == result(2))
        }
    }

    @Test func refusesWhatIsOfAnotherSweep() throws {
        defer { unlink(path) }
        do { _ = try journal() }
        #expect(problem { _ = try journal(options: "--seeds 4") }.contains("found that of \"--seeds 3\""))
        #expect(problem { _ = try journal(data: "mnist: 2") }.contains("others of the same name"))
        for text in ["a letter\n", "a letter", "{\"event\":\"epoch\"}\n"] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            #expect(problem { _ = try journal() }.contains("expected the journal of a sweep"))
            #expect(FileManager.default.contents(atPath: path) == Data(text.utf8), "it stays as it was")
        }
    }

    @Test func anEmptyLineIsDamage() throws {
        defer { unlink(path) }
        do { try journal().append(result(0)) }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("\n", with: "\n\n").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(problem { _ = try journal() }.contains("expected the result of a run in line 2, found something else"))
    }

    @Test func namesADamagedLine() throws {
        defer { unlink(path) }
        do {
            let journal = try journal()
            for run in 0..<3 { try journal.append(result(run)) }
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("\"run\":1", with: "\"run\":7").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(problem { _ = try journal() }.contains("line 3"))
    }

    @Test func oneSweepAtATimeWritesToIt() throws {
        defer { unlink(path) }
        let first = try journal()
        try first.append(result(0))
        #expect(problem { _ = try journal() }.contains("another one writes to"))
        #expect(problem { _ = try journal(overwrites: true) }.contains("another one writes to"))
        withExtendedLifetime(first) {}
    }
}
