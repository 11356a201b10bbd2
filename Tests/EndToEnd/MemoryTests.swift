import Testing

extension EndToEnd {
    /// What a run took is given back when another takes its place.
    @Suite struct MemoryTests {
        /// Each kind of stage, in batches so large that what one of its arrays takes shows: four megabytes and more.
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
    }
}
