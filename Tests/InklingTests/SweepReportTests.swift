import Datasets
import Testing

@testable import Inkling
@testable import Training

/// What a sweep prints, from given results.
struct SweepReportTests {
    private func plan(seeds: Int = 1, values: [String] = ["0.1", "0.2"]) throws -> SweepPlan {
        try SweepPlan(
            [SweepOption("layers", ["16"]), SweepOption("learning-rate", values)], draws: nil, seed: 9, seeds: seeds)
    }

    private func result(
        _ run: Int, accuracy: Double = 0.9, loss: Double = 0.25, diverged: Bool = false, seconds: Double = 1.5
    ) -> SweepResult {
        SweepResult(
            run: run,
            epochs: [
                EpochResult(
                    epoch: 1, step: 1, trainLoss: diverged ? 100 : 0.5, trainAccuracy: 0.5, testLoss: loss,
                    testAccuracy: accuracy, seconds: 1, samplesPerSecond: 1)
            ], seconds: seconds)
    }

    /// All that a sweep prints for some results.
    private func printed(
        _ plan: SweepPlan, _ results: [SweepResult], isJSON: Bool = false, width: Int? = nil, done: Int = 0,
        seconds: Double = 2, secondsOfRuns: Double = 3
    ) throws -> String {
        var text = ""
        let report = SweepReport(plan, isJSON: isJSON, width: width) { text += $0 + "\n" }
        try report.begin(journal: "s.jsonl", done: done)
        for result in results { try report.add(result) }
        try report.end(
            SweepSummary.ranking(plan, results), isFinished: results.count == plan.runs.count, seconds: seconds,
            secondsOfRuns: secondsOfRuns)
        return text
    }

    @Test func runsAndSettingsAreTables() throws {
        #expect(
            try printed(plan(), [result(1, accuracy: 0.98765, loss: 0.04), result(0, loss: 0.2512, seconds: 61)]) == """
                2 settings, all with --layers 16
                Kept in s.jsonl. Accuracy and loss are of the test images.

                run  learning-rate  accuracy  test loss  seconds
                  1  0.2              98.77%     0.0400     1.50
                  0  0.1              90.00%     0.2512    61.00

                Best first

                learning-rate  accuracy  test loss
                0.2              98.77%     0.0400
                0.1              90.00%     0.2512

                The best: inkling train --layers 16 --learning-rate 0.2 --seed 9
                0:02, 1.50 runs at a time on average: one after the other they would have taken 0:03.

                """)
        let single = try printed(
            plan(values: ["0.1"]), [result(0, loss: .nan, diverged: true)], done: 1, seconds: 0, secondsOfRuns: 0)
        #expect(
            single == """
                1 setting, all with --layers 16 --learning-rate 0.1
                Kept in s.jsonl: 1 of 1 runs are there. Accuracy and loss are of the test images.

                run  accuracy  test loss  seconds
                  0  diverged          -     1.50

                Best first

                accuracy  test loss
                diverged          -

                """)
    }

    @Test func seedsAreSummedUp() throws {
        let results = [
            result(0, accuracy: 0.9, loss: 0.2), result(1, accuracy: 0.92, loss: 0.3),
            result(2, accuracy: 0.95, loss: 0.1), result(3, loss: 200, diverged: true),
        ]
        #expect(
            try printed(plan(seeds: 2), results, seconds: 3_601, secondsOfRuns: 360_000) == """
                2 settings, 2 seeds each, all with --layers 16
                Kept in s.jsonl. Accuracy and loss are of the test images.

                run  learning-rate  seed  accuracy  test loss  seconds
                  0  0.1               9    90.00%     0.2000     1.50
                  1  0.1              10    92.00%     0.3000     1.50
                  2  0.2               9    95.00%     0.1000     1.50
                  3  0.2              10  diverged   200.0000     1.50

                Best first, mean ± standard deviation over the seeds

                learning-rate        accuracy        test loss  diverged
                0.1             91.00 ± 1.41%  0.2500 ± 0.0707         -
                0.2                    95.00%           0.1000         1

                The best: inkling train --layers 16 --learning-rate 0.1
                1:00:01, 99.97 runs at a time on average: one after the other they would have taken 100:00:00.

                """)
        // Interrupted: how many runs each setting has, and no best.
        let part = try printed(plan(seeds: 2), Array(results.prefix(3)))
        #expect(part.contains("learning-rate        accuracy        test loss  runs\n"))
        #expect(part.contains("0.2                    95.00%           0.1000     1\n") && !part.contains("The best"))
        #expect(
            part.hasSuffix("\n0:02, 1.50 runs at a time on average: one after the other they would have taken 0:03.\n"))
        #expect(try !printed(plan(), []).contains("Best first"))
    }

    /// In a terminal the best stands out, and rows fit as far as they can.
    @Test func aTerminalGetsItInItsWidth() throws {
        let plan = try plan(values: ["0.100000000001", "0.200000000002"])
        let text = try printed(plan, [result(0), result(1, accuracy: 0.95)], width: 46)
        #expect(text.contains("\nrun  learning-r…  accuracy  test loss  seconds\n"), "\(text)")
        let lines = text.split(separator: "\n").filter { $0.contains("%") }
        #expect(lines.filter { $0.hasPrefix("\u{1B}[1m") && $0.hasSuffix("\u{1B}[m") } == [lines[2]], "\(lines)")
        #expect(lines[2].contains("0.20000") && lines[2].contains("95.00%"))
        for line in text.split(separator: "\n").prefix(6).dropFirst(2) { #expect(line.count <= 46, "\(line)") }
    }

    @Test func linesOfJSONTellTheSame() throws {
        let results = [result(1, accuracy: 0.75, loss: 0.5), result(0, loss: .nan, diverged: true)]
        #expect(
            try printed(plan(), results, isJSON: true) == #"""
                {"diverged":false,"event":"run","options":{"layers":"16","learning-rate":"0.2"},"run":1,"seconds":1.5,"seed":9,"testAccuracy":0.75,"testLoss":0.5,"trainAccuracy":0.5,"trainLoss":0.5}
                {"diverged":true,"event":"run","options":{"layers":"16","learning-rate":"0.1"},"run":0,"seconds":1.5,"seed":9,"testAccuracy":0.9,"testLoss":null,"trainAccuracy":0.5,"trainLoss":100}
                {"diverged":0,"event":"setting","options":{"layers":"16","learning-rate":"0.2"},"runs":1,"testAccuracy":0.75,"testLoss":0.5}
                {"diverged":1,"event":"setting","options":{"layers":"16","learning-rate":"0.1"},"runs":1}
                {"command":"inkling train --layers 16 --learning-rate 0.2 --seed 9","event":"best","options":{"layers":"16","learning-rate":"0.2"},"run":1}

                """#)
        #expect(
            try printed(plan(), [results[0]], isJSON: true).hasSuffix(
                "\n" + #"{"done":1,"event":"interrupted","runs":2}"# + "\n"))
        let none = try printed(plan(values: ["0.1"]), [result(0, diverged: true)], isJSON: true)
        #expect(!none.contains("best"), "nothing that could be recommended")
    }

    @Test func howFarItIsStandsBelow() throws {
        let report = SweepReport(try plan(seeds: 2), isJSON: false, width: nil) { _ in }
        func line(_ results: [SweepResult], left: Double?, width: Int? = nil) -> String {
            report.progress(results, underWay: 2, secondsLeft: left, width: width)
        }
        #expect(line([], left: nil) == "0 of 4 runs, 2 under way")
        try report.add(result(0, accuracy: 0.5, diverged: true))
        #expect(line([result(0)], left: 59.2) == "1 of 4 runs, 2 under way, 1:00 left")
        for next in [result(1, accuracy: 0.8), result(2, accuracy: 0.7), result(3, accuracy: 0.8, loss: 0.1)] {
            try report.add(next)
        }
        #expect(line([], left: -1) == "0 of 4 runs, 2 under way, 0:00 left, best so far 80.00% (run 3)")
        #expect(line([], left: 3_600).contains(", 1:00:00 left,") && line([], left: 3_599).contains(", 59:59 left,"))
        #expect(line([], left: nil, width: 20) == "0 of 4 runs, 2 unde")
        #expect(line([], left: 1e30, width: nil).count <= 79)
        // So long is enough to tell: 100 million seconds.
        #expect(
            line([], left: 1e30).contains(", 27777:46:40 left") && line([], left: 99_999_999).contains(":46:39 left"))
    }

    /// Where the terminal is narrow, the widest column gives way, as far as it must and to no less than eight.
    @Test func aSweepsRowsFitTheTerminal() throws {
        let layers = String(repeating: "128,", count: 9) + "64"
        let plan = try SweepPlan(
            [SweepOption("layers", [layers, "8"]), SweepOption("activation", ["sigmoid", "tanh"])], draws: nil,
            seed: 0, seeds: 1)
        func table(_ width: Int?) -> SweepTable {
            SweepTable(before: [("place", 3)], plan, after: [("accuracy", 8)], width: width)
        }
        let whole = table(nil).heading
        #expect(whole.count == 5 + 2 + layers.count + 2 + 10 + 2 + 8)
        for width in [20, 30, 37, 38, 50, 67, whole.count, 200] {
            let row = table(width).row(before: ["1"], plan.settings[0], after: ["97.10 %"])
            #expect(row.count == table(width).heading.count)
            #expect(row.count == min(max(width, 5 + 2 + 8 + 2 + 8 + 2 + 8), whole.count), "\(width)")
            #expect(row.contains("…") == (width < whole.count), "\(width)")
        }
    }
}
