import Foundation
import TerminalEmulator
import Testing

extension EndToEndBeside {
    /// Which background the program draws for, and what it remembers.
    @Suite struct BackgroundTests {
        /// What xterm answers to `ESC ] 11 ; ? ESC \`.
        private static let white = "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\"
        private static let black = "\u{1B}]11;rgb:0000/0000/0000\u{7}"

        private func isLight(_ screen: ScreenEmulator) -> Bool { screen.cell(0, 60).style.background == .palette(253) }
        private func isDark(_ screen: ScreenEmulator) -> Bool { screen.cell(0, 60).style.background == .palette(236) }

        private func end(_ session: TerminalSession) throws {
            try session.send("q")
            #expect(try session.waitForExit() == .success)
        }

        private func asks(_ session: TerminalSession) -> Bool {
            String(decoding: session.output, as: UTF8.self).contains("\u{1B}]11;?")
        }

        @Test(arguments: [true, false]) func theTerminalIsAsked(answersLate: Bool) throws {
            let session = try Inkling.terminal(["--paused"])
            if answersLate { try session.wait(for: "paused") }
            try session.wait(until: "the question") { _ in asks(session) }
            // The answer may come in pieces.
            for part in ["\u{1B}]11;rgb:ff", "ff/ffff/ff", "ff\u{1B}\\"] {
                try session.write(part)
                session.read(for: .milliseconds(5))
            }
            try session.wait(until: "light") { isLight($0) && $0.contains("paused") }
            #expect(session.screen.contains("Loss, log scale"), "nothing of the answer was taken as a key")
            try session.write(Self.black)
            try session.settle()
            #expect(isLight(session.screen), "one answer is enough")
            try end(session)
        }

        @Test func keysBeforeTheAnswerCount() throws {
            let session = try Inkling.terminal(["--paused"])
            try session.wait(until: "the question") { _ in asks(session) }
            try session.write("2" + Self.white)
            try session.wait(until: "light") { isLight($0) && $0.contains("first test") }
            try end(session)
        }

        /// Who leaves at once leaves no answer to the shell.
        @Test func theAnswerIsNotLeftInTheInput() throws {
            let session = try Inkling.terminal(["--paused"])
            try session.wait(until: "the question") { _ in asks(session) }
            try session.send("q")
            session.read(for: .milliseconds(80))
            try session.write(Self.white)
            #expect(try session.waitForExit() == .success)
            #expect(try session.unreadInput == 0)
        }

        @Test func theOptionIsNotAsked() throws {
            for (name, isRight) in [("light", isLight), ("dark", isDark)] {
                let session = try Inkling.terminal(
                    ["--paused", "--background", name], environment: ["COLORFGBG": name == "light" ? "15;0" : "0;15"])
                try session.wait(until: name) { isRight($0) && $0.contains("paused") }
                #expect(!asks(session))
                try end(session)
            }
            let result = try Inkling.run(["--background", "green"])
            #expect(result.status != .success)
        }

        @Test func whatBAndGChooseIsRemembered() throws {
            let folder = try SettingsFolder(holding: nil)
            let environment = ["XDG_CONFIG_HOME": folder.path]
            let first = try Inkling.terminal(["--paused"], environment: environment)
            try first.wait { $0.contains("paused") && $0.contains("New here?") }
            try first.send("b", "g")
            try first.wait(until: "light", isLight)
            // At once, as a program may end in any way.
            try first.wait(until: "a line in the file") { _ in folder.text?.contains("background = light") ?? false }
            try end(first)
            let text = try #require(folder.text)
            #expect(text.contains("background = light") && text.contains("glyphs = blocks"))
            let second = try Inkling.terminal(["--paused"], environment: environment)
            try second.wait { isLight($0) && $0.contains("paused") && !$0.contains("New here?") }
            try second.send("b", "g", "g")
            try second.wait(until: "dark", isDark)
            try end(second)
            #expect(try #require(folder.text).contains("background") == false)
        }

        /// A folder that cannot be written is no reason to fail.
        @Test func withoutAPlaceNothingIsRemembered() throws {
            let session = try Inkling.terminal(["--paused"], environment: ["XDG_CONFIG_HOME": "/dev/null/nowhere"])
            try session.wait(for: "paused")
            try session.send("b")
            try session.wait(until: "light", isLight)
            try end(session)
        }

        /// The fonts of the Linux console have no braille.
        @Test func theConsoleGetsBlocks() throws {
            let session = try Inkling.terminal(["--epochs", "1"], environment: ["TERM": "linux"])
            try session.wait(for: "finished", timeout: .seconds(60))
            let text = String(decoding: session.output, as: UTF8.self).unicodeScalars
            #expect(!text.contains { (0x2800...0x28FF).contains($0.value) })
            #expect(text.contains { (0x2580...0x259F).contains($0.value) })
            #expect(!asks(session))
            try end(session)
        }
    }
}
