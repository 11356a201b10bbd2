import Foundation
import TestSupport
import Testing

extension EndToEndBeside {
    /// How much memory the program takes.
    @Suite struct MemoryTests {
        /// What a run took is given back when another takes its place. Each kind of stage, in batches so large that what one
        /// of its arrays takes shows: four megabytes and more.
        @Test(arguments: [
            ["--layers", "1024", "--batch-size", "4096", "--activation", "tanh", "--dropout", "0.1"],
            ["--layers", "conv16x3,pool2,64", "--batch-size", "1024", "--distort", "--optimizer", "adam"],
        ]) func runsThatEndGiveTheirMemoryBack(options: [String]) throws {
            let session = try Inkling.terminal(["--paused"] + options, rows: 40, columns: 120)
            try session.wait(for: "seed 0")
            func memory(after seeds: ClosedRange<Int>) throws -> Int {
                for seed in seeds {
                    try session.send("R")
                    try session.wait(for: "seed \(seed)")
                }
                try session.settle()
                return try session.memory("VmRSS") / 1000
            }
            // Up to a hundred megabytes of the run before may not be gone yet. Four that each of the restarts kept would be
            // more.
            let before = try memory(after: 1...4)
            let after = try memory(after: 5...44)
            #expect(after < before + 150, "\(before) MB before, \(after) MB after 40 restarts")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
        }

        /// What is pasted where the terminal does not mark it: each letter is a key.
        @Test func muchTextTakesLittleMemoryAndLeavesFewFiles() throws {
            let folder = try TemporaryFolder()
            let session = try Inkling.terminal(["--paused"], directory: folder.path)
            try session.wait(for: "lr 0.100")
            // Those that train or start the run again take a moment each: once will do. The run pauses, so that what
            // it keeps of its past does not grow meanwhile.
            try session.write("rRnm")
            try session.wait(for: "training")
            try session.send("p")
            try session.wait(for: "paused")
            // None that opens a line to type in (e, W, E), in which the rest would be a name; what others open Escape
            // closes. On each screen the letters do something else.
            let opening = "cAfzat".map { "\($0)\u{1B}\u{1B}" }.joined()
            let letters = "bdghijklosuvwxBCDFGHIJKLMOPSTUVXZ[]" + opening
            for _ in 0..<25 {
                for screen in 1...6 { try session.write("\(screen)" + String(repeating: letters, count: 44)) }
            }
            // It may be quiet for a moment while there is more to read.
            try session.settle(quiet: .seconds(1), timeout: .seconds(60))
            // No line was open at the end: the key acts.
            try session.write("7")
            try session.wait(for: "Lesson")
            let kilobytes = try session.memory("VmHWM")
            session.send(signal: SIGKILL)
            _ = try session.waitForExit()
            print("300 kB of letters: at most \(kilobytes / 1000) MB")
            #expect(kilobytes < 150_000)
            #expect(try folder.names.count < 20, "S, a picture of the screen, was in it 6,000 times")
        }
    }
}
