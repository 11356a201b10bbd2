import Dashboard
import Datasets
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Inkling
@testable import Training

/// What a session leaves behind: checkpoints and logs, recordings, pictures.
struct RecordingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    // MARK: - Checkpoints and logs

    private func problem(_ arguments: [String], resuming: String? = nil) throws -> String? {
        let options = try RecordingOptions.parse(arguments)
        do {
            _ = try options.recorders(resuming: resuming, at: resuming.map { _ in 0 }) { _ in }
            return nil
        } catch { return "\(error)" }
    }

    @Test func anotherRunIsNotWrittenOver() throws {
        let mine = try folder.write("mine".utf8, to: "mine")
        let expected = "\(mine): expected a new file, --resume of this one or --overwrite, found another run's"
        for option in ["--checkpoint", "--log"] {
            #expect(try problem([option, mine]) == expected)
            #expect(try problem([option, try folder.write([], to: "empty")]) == nil)
            #expect(try problem([option, folder.file("new\(option)")]) == nil)
            #expect(try problem([option, "/nowhere/a"])?.hasPrefix("/nowhere/a: expected ") ?? false)
        }
        #expect(try folder.bytes(of: "mine") == Array("mine".utf8))
        #expect(try problem(["--checkpoint", mine], resuming: mine) == nil)
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: mine)
        #expect(try problem(["--checkpoint", folder.file("link")], resuming: mine) == nil, "the same file")
        let other = try folder.write("other".utf8, to: "other")
        #expect(
            try problem(["--checkpoint", other], resuming: mine)?.hasPrefix("\(other): expected a new file") ?? false)
        #expect(try problem(["--checkpoint", folder.file("gone")], resuming: folder.file("gone")) == nil)
        #expect(try problem(["--checkpoint", other, "--overwrite"]) == nil)
        #expect(try problem(["--log", other, "--overwrite"]) == nil)
        #expect(try problem(["--log", "/dev/null"]) == nil, "no file that could be lost")
        #expect(try problem(["--tensorboard", "/dev/null/a"]) != nil)
        // A log that goes on is the run's own.
        #expect(try problem(["--log", try folder.write([], to: "log")], resuming: mine) == nil)
    }

    // MARK: - Recordings

    private func castLines(_ name: String) throws -> [Substring] {
        String(decoding: try folder.bytes(of: name), as: UTF8.self).split(separator: "\n")
    }

    private func grid(_ text: String, width: Int = 4) -> CellGrid {
        var grid = CellGrid(width: width, height: 1)
        grid.write(text, x: 0, y: 0)
        return grid
    }

    /// The kind of a line and its data.
    private func event(_ line: Substring) throws -> (seconds: Double, kind: String, data: String) {
        let parts = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
        return (
            try #require((parts[0] as? NSNumber)?.doubleValue), try #require(parts[1] as? String),
            try #require(parts[2] as? String)
        )
    }

    @Test func aRecordingHasWhatChanged() throws {
        let recorder = try CastRecorder(path: folder.file("a.cast")) { Issue.record("\($0)") }
        let dark = Appearance()
        recorder.add(grid("ab"), dark)
        recorder.add(grid("ab"), dark)
        recorder.add(grid("ax"), dark)
        recorder.add(grid("ax", width: 5), dark)
        recorder.add(grid("ax", width: 5), Appearance(background: .light))
        recorder.close()
        let lines = try castLines("a.cast")
        #expect(lines[0].hasPrefix("{") && lines[0].contains(#""height":1"#) && lines[0].contains(#""width":4"#))
        let events = try lines.dropFirst().map(event)
        #expect(events.map(\.kind) == ["o", "o", "r", "o", "o", "o"])
        let whole = ScreenText.update(from: nil, to: grid("ab"), dark)
        #expect(events[0].data == whole && events[2].data == "5x1")
        #expect(events[1].data == ScreenText.update(from: grid("ab"), to: grid("ax"), dark))
        #expect(events[3].data == ScreenText.update(from: nil, to: grid("ax", width: 5), dark))
        #expect(
            events[4].data
                == ScreenText.update(from: nil, to: grid("ax", width: 5), Appearance(background: .light)))
        #expect(events[5].data == ScreenText.end)
        #expect(events.map(\.seconds) == events.map(\.seconds).sorted() && events[0].seconds < 1)
    }

    @Test func timesAreInSeconds() async throws {
        let recorder = try CastRecorder(path: folder.file("a.cast")) { Issue.record("\($0)") }
        let start = ContinuousClock.now
        recorder.add(grid("a"), Appearance())
        let first = ContinuousClock.now
        try await Task.sleep(for: .milliseconds(300))
        let slept = (ContinuousClock.now - first) / .seconds(1)
        recorder.add(grid("b"), Appearance())
        let took = (ContinuousClock.now - start) / .seconds(1)
        recorder.close()
        let events = try castLines("a.cast").dropFirst().map(event)
        let between = events[1].seconds - events[0].seconds
        #expect(between > 0.29 && between < took + 0.01)
        #expect(between > slept - 0.01, "however long that was")
    }

    @Test func aRecordingWithoutAPictureIsEmpty() throws {
        try CastRecorder(path: folder.file("a.cast")) { _ in }.close()
        #expect(try castLines("a.cast").isEmpty)
    }

    @Test func noRecordingIsWrittenOver() throws {
        let mine = try folder.write("mine".utf8, to: "mine.cast")
        let options = try RecordingOptions.parse([])
        do {
            _ = try options.castRecorder(mine) { _ in }
            Issue.record("written over")
        } catch {
            #expect("\(error)" == "\(mine): expected a new file, or --overwrite, found one that has something in it")
        }
        #expect(try folder.bytes(of: "mine.cast") == Array("mine".utf8))
        try RecordingOptions.parse(["--overwrite"]).castRecorder(mine) { _ in }.close()
        #expect(try folder.bytes(of: "mine.cast").isEmpty)
    }

    @Test func aFullDiskIsToldOnce() throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let problems = Mutex<[String]>([])
        let recorder = try CastRecorder(path: "/dev/full") { problem in problems.withLock { $0.append(problem) } }
        for text in ["a", "b", "c"] { recorder.add(grid(text), Appearance()) }
        recorder.close()
        let told = problems.withLock { $0 }
        #expect(told.count == 1 && told[0].hasPrefix("/dev/full: ") && told[0].hasSuffix("; the recording ends there"))
    }
}
