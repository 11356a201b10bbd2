import Testing

extension EndToEnd {
    /// `inkling lessons`, walked from the first page to the last.
    @Suite struct LessonsTests {
        @Test func theCourseIsWalkedFromFirstToLast() throws {
            let session = try Inkling.terminal(["lessons"])
            try session.wait { $0.contains("Lesson 1 of 10") && $0.contains("paused") }
            // The weight of the brightest pixel is chosen.
            for _ in 0..<8 { try session.send("-") }
            try session.wait(for: "Negative: now more speaks against")
            for page in 2...10 {
                try session.send(.enter)
                try session.wait(for: "Lesson \(page) of 10")
            }
            try session.send(" ")
            try session.wait(for: "points the way of 4,096")
            try session.send(.down)
            try session.send("+")
            try session.wait { $0.contains("9,800 right") && $0.contains("98.00%") }
            #expect(session.screen.contains("batch   0/938"), "nothing trains until it is asked for")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
        }
    }
}
