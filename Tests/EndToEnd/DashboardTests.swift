import Foundation
import TestSupport
import Testing

extension EndToEndBeside {
    /// The dashboard in a real pseudo-terminal.
    @Suite struct DashboardTests {
        @Test func showsBothScreensAtEverySize() throws {
            let session = try Inkling.terminal(["--epochs", "2"])
            try session.wait(for: "finished", timeout: .seconds(60))
            #expect(session.screen.contains("test accuracy"))
            try session.resize(rows: 40, columns: 120)
            try session.wait {
                $0.contains("109,386 parameters") && $0.contains("Test accuracy ──")
            }
            try session.send(.tab)
            try session.wait { $0.contains("precision") && $0.contains("F1") && $0.contains("Most often confused") }
            try session.resize(rows: 10, columns: 30)
            try session.wait(for: "inkling needs 40 × 14")
            try session.resize(rows: 14, columns: 40)
            try session.wait { $0.contains("Conf") && $0.contains("finished") }
            try session.resize(rows: 24, columns: 80)
            try session.wait { $0.contains("recall") && !$0.contains("F1") }
            try session.send("?")
            try session.wait(for: "any key closes")
            try session.send(.escape)
            try session.wait { !$0.contains("any key closes") }
            #expect(session.screen.unknownSequences == [])
        }

        @Test func steersTheTraining() throws {
            let session = try Inkling.terminal(["--paused"])
            try session.wait { $0.contains("paused") && $0.contains("batch   0/938") }
            try session.send("n")
            try session.wait { $0.contains("paused") && $0.contains("batch   1/938") }
            try session.send("]")
            try session.wait(for: "lr 0.126")
            try session.send("[")
            try session.wait(for: "lr 0.100")
            try session.send("N")
            try session.wait(timeout: .seconds(30)) { $0.contains("paused") && $0.contains("batch 938/938") }
            try session.send("p")
            try session.wait { $0.contains("training") && $0.contains("epoch  2/10") }
            try session.send("p")
            try session.wait(for: "paused")
            try session.settle()
            #expect(session.read(for: .seconds(1)) == 0, "a paused dashboard writes nothing")
        }

        @Test func looksIntoAConvolutionalNetwork() throws {
            let session = try Inkling.terminal(["--network", "lenet", "--paused"])
            try session.wait { $0.contains("paused") && $0.contains("conv→10×10×16") }
            #expect(!session.screen.contains("--network"))
            try session.send("d")
            try session.wait { $0.contains("What the network is shown") && $0.contains("epoch 1, now") }
            try session.send("n")
            try session.wait(for: "batch   1/469")
            try session.send("5")
            try session.wait { $0.contains("6 maps") && $0.contains("answer") }
            try session.send("v")
            try session.wait { $0.contains("conv 6 5×5 gives 28×28×6") && $0.contains("Layer 1, map 0") }
            try session.send(.down)
            try session.wait(for: "the largest of 2×2 places")
            try session.send(.down)
            try session.send(.enter)
            try session.wait { $0.contains("Layer 3, map 0") && $0.contains("move in the map") }
        }

        @Test(arguments: ["q", "control-c", "SIGTERM", "SIGHUP", "SIGINT"]) func leavesTheTerminalAsItWas(way: String)
            throws
        {
            let session = try Inkling.terminal()
            try session.wait(for: "training")
            #expect(session.screen.isAlternateScreen)
            #expect(try session.settings != session.initialSettings)
            switch way {
            case "q": try session.send("q")
            case "control-c": try session.send(.control("c"))
            case "SIGTERM": session.send(signal: SIGTERM)
            case "SIGHUP": session.send(signal: SIGHUP)
            default: session.send(signal: SIGINT)
            }
            #expect(try session.waitForExit() == .success)
            #expect(try session.settings == session.initialSettings)
            #expect(!session.screen.isAlternateScreen)
            #expect(session.screen.isCursorVisible)
            #expect(!session.screen.isMouseEnabled)
        }

        @Test(arguments: [SIGSEGV, SIGTRAP, SIGABRT]) func aCrashGivesTheTerminalBack(signal: Int32) throws {
            let session = try Inkling.terminal(environment: ["SWIFT_BACKTRACE": "enable=no"])
            try session.wait(for: "training")
            session.send(signal: signal)
            #expect(try session.waitForExit() == .signalled(signal))
            #expect(try session.settings == session.initialSettings)
            #expect(!session.screen.isAlternateScreen)
            #expect(session.screen.isCursorVisible)
        }

        @Test func dataThatBreaksOnReadingEndsTheScreenWithOneLine() throws {
            let folder = try TemporaryFolder()
            for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"] {
                try folder.write([1, 2, 3], to: "broken/" + name)
            }
            let session = try Inkling.terminal(["--dataset", folder.file("broken")])
            #expect(try session.waitForExit() == .exited(1))
            #expect(try session.settings == session.initialSettings)
            #expect(!session.screen.isAlternateScreen)
            #expect(session.screen.lines.joined().contains("idx1-ubyte: expected"))
        }

        @Test func withoutATerminalItNamesTheOtherCommand() throws {
            let result = try Inkling.run()
            #expect(result.status == .exited(1))
            #expect(result.error.contains("inkling train"))
            #expect(result.output.isEmpty)
        }

        @Test func stopsAndContinuesUnderAShell() throws {
            let session = try TerminalSession(
                "sh", ["-i"], environment: ["PS1": "prompt> "], settings: SettingsFolder(holding: "pace = full"))
            try session.wait(for: "prompt>")
            try session.type("\(Inkling.binary) --epochs 1000\n")
            try session.wait(for: "training")
            // While it is stopped, the shell is told of a new size, and not the program.
            for (rows, columns) in [(24, 80), (40, 120)] {
                try session.send(.control("z"))
                try session.wait { !$0.isAlternateScreen && $0.isCursorVisible && $0.contains("prompt>") }
                try session.resize(rows: rows, columns: columns)
                try session.type("fg\n")
                try session.wait { screen in
                    screen.isAlternateScreen && screen.isMouseEnabled
                        && ["Train", "Loss, log scale", "Accuracy"].allSatisfy(screen.contains)
                        && screen.line(rows - 1).contains("training")
                }
                // What stood there before is not all: the training goes on.
                let line = session.screen.line(rows - 1)
                try session.wait(until: "news") { $0.line(rows - 1) != line && $0.line(rows - 1).contains("training") }
            }
            #expect(session.screen.enabledModes.isSuperset(of: [1002, 2004]), "drags and marks of what is pasted, too")
            try session.send("q")
            try session.wait { !$0.isAlternateScreen }
        }

        /// Who stops it while it is paused finds it paused, and so it is with the playground.
        @Test func whatIsPausedStaysSoWhileItIsStopped() throws {
            let session = try TerminalSession(
                "sh", ["-i"], environment: ["PS1": "prompt> "], settings: SettingsFolder(holding: "pace = full"))
            func stopAndContinue() throws {
                try session.send(.control("z"))
                try session.wait { !$0.isAlternateScreen && $0.contains("prompt>") }
                try session.type("fg\n")
                try session.wait { $0.isAlternateScreen && $0.contains("Train") }
            }
            func expectPaused() throws {
                try session.wait(for: "paused")
                try session.settle()
                let line = session.screen.line(23)
                #expect(session.read(for: .milliseconds(300)) == 0 && line.contains("paused"), "\(line)")
            }
            try session.wait(for: "prompt>")
            try session.type("\(Inkling.binary) --paused\n")
            try session.wait(for: "batch   0/938")
            try stopAndContinue()
            try expectPaused()
            #expect(session.screen.contains("batch   0/938"))
            try session.send("6")
            try session.wait { $0.contains("Settings") && $0.contains("paused") }
            try stopAndContinue()
            try expectPaused()
            #expect(session.screen.contains("step         0"))
            try session.send("p")
            try session.wait { $0.line(23).contains("training") }
            try stopAndContinue()
            let line = session.screen.line(23)
            try session.wait(until: "news") { $0.line(23) != line && $0.line(23).contains("training") }
            try session.send("q")
            try session.wait { !$0.isAlternateScreen }
        }
    }
}
