import Datasets
import Testing
import Training

@testable import Inkling

/// What passes between a sweep and the process that trains, here other programs.
struct WorkerProcessTests {
    /// So many lines, or what has come in a long time.
    private func lines(_ count: Int, of worker: WorkerProcess) -> [String] {
        let start = ContinuousClock.now
        var lines: [String] = []
        while lines.count < count, ContinuousClock.now - start < .seconds(20) {
            lines += worker.takeLines(waiting: 0.1)
        }
        return lines
    }

    @Test func linesPassBothWays() throws {
        let worker = try WorkerProcess(program: "/bin/cat", arguments: [])
        worker.send(line: "a")
        try worker.send(SweepOrder(run: 3))
        worker.send(line: "é")
        #expect(lines(3, of: worker) == ["a", #"{"isBest":false,"run":3}"#, "é"])
        // Each line may have rung once more.
        let start = ContinuousClock.now
        for _ in 0..<4 { #expect(worker.takeLines(waiting: 0.02).isEmpty) }
        #expect(ContinuousClock.now - start >= .milliseconds(20))
        worker.stop()
        #expect(lines(1, of: worker) == [#"{"lost":{"wasReady":true}}"#])
        try worker.start()
        worker.send(line: "b")
        #expect(lines(1, of: worker) == ["b"])
        worker.stop()
        #expect(lines(1, of: worker) == [#"{"lost":{"wasReady":true}}"#])
    }

    /// Half a line is none.
    @Test func whoEndsBeforeALineWasNeverReady() throws {
        let worker = try WorkerProcess(program: "/bin/sh", arguments: ["-c", "printf half"])
        #expect(lines(1, of: worker) == [#"{"lost":{"wasReady":false}}"#])
        #expect(throws: SettingProblem.self) { try WorkerProcess(program: nil, arguments: []) }
    }
}
