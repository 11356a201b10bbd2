import Foundation
import Training

/// A progress bar on standard error, rewritten in place; nothing where that is no terminal.
final class ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastShown = ContinuousClock.now - .seconds(1)
    private var isShown = false

    func show(_ trainer: Trainer) { show { Self.text(trainer) } }

    /// Shows what `text` gives, unless something was shown a moment ago.
    func show(_ text: () -> String) {
        guard isTerminal, ContinuousClock.now - lastShown >= .milliseconds(100) else { return }
        lastShown = .now
        isShown = true
        write("\r" + text() + "\u{1B}[K")
    }

    private static func text(_ trainer: Trainer) -> String {
        let share = trainer.progress
        let width = 30
        let filled = Int(share * Double(width))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        let rate = trainer.samplesPerSecond
        let samples = Double(trainer.totalSteps - trainer.step) * Double(trainer.configuration.batchSize)
        let left = rate > 0 ? String(format: "%.0f s left", (samples / rate).rounded(.up)) : ""
        return String(
            format: "epoch %d/%d [%@] %3.0f%%  %@  %.0fk samples/s", trainer.epoch, trainer.configuration.epochs, bar,
            share * 100, left, rate / 1000)
    }

    func clear() {
        guard isShown else { return }
        isShown = false
        write("\r\u{1B}[K")
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
