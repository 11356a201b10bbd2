import Foundation
import Testing

extension EndToEndBeside {
    /// A run that is slowed so that one can watch it.
    @Suite struct PaceTests {
        /// Seconds of processor time that a process has taken so far; nil where the system does not tell in this way.
        private func processorTime(of process: pid_t) -> Double? {
            guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
                let rest = text.split(separator: ")").last
            else { return nil }
            let fields = rest.split(separator: " ").compactMap { Double($0) }
            // After the state, which is no number: utime and stime are the 14th and 15th field of proc(5).
            return (fields[10] + fields[11]) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }

        @Test func aRunIsSlowedUntilItIsToldOtherwise() throws {
            let session = try Inkling.terminal(
                ["--epochs", "2"], environment: ["XDG_CONFIG_HOME": "/dev/null/nowhere"])
            try session.wait { $0.contains("training") && $0.contains("slowed  . faster") && $0.contains("epoch 1/2") }
            #expect(session.read(for: .seconds(1)) > 0, "there is something to watch")
            #expect(session.screen.contains("epoch 1/2"), "a fifth of a second would do for it")
            try session.send(",")
            try session.wait(for: "slowed")
            try session.send("F")
            try session.wait(for: "finished", timeout: .seconds(30))
        }

        @Test func thePaceOfTheSettingsCounts() throws {
            let settings = try SettingsFolder(holding: "pace = 45")
            let session = try Inkling.terminal(environment: ["XDG_CONFIG_HOME": settings.path], columns: 120)
            try session.wait(for: "slowed to 45 s a run")
            let other = try Inkling.terminal(
                ["--pace", "50"], environment: ["XDG_CONFIG_HOME": settings.path], columns: 120)
            try other.wait(for: "slowed to 50 s a run")
        }

        @Test func thePlaygroundIsSlowedAsAskedFor() throws {
            let session = try Inkling.terminal(["--dataset", "moons", "--pace", "50"], columns: 120)
            try session.wait(for: "slowed to 50 s for 200 epochs")
        }

        @Test func waitingTakesNoProcessorTime() throws {
            let session = try Inkling.terminal(["--pace", "8000"])
            try session.wait { $0.contains("training") && $0.contains("slowed") }
            session.read(for: .milliseconds(500))
            guard let before = processorTime(of: session.processIdentifier) else { return }
            session.read(for: .seconds(2))
            let after = try #require(processorTime(of: session.processIdentifier))
            print("a slowed run takes \((after - before) / 2) of a core")
            #expect(after - before < 0.1)
        }

        @Test(arguments: ["0", "-3", "quick", "1e9"]) func aPaceThatIsNoneIsRefused(pace: String) throws {
            let result = try Inkling.run(["--pace=\(pace)"])
            #expect(result.status == .exited(64))
            #expect(result.error.contains("--pace") && result.error.contains(pace), "\(result.error)")
        }
    }
}
