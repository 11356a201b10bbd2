import Foundation
import Synchronization
import Training

/// A progress bar on standard error, rewritten in place; nothing where that is no terminal.
final class ProgressLine: Sendable {
    private struct Shown {
        var last = ContinuousClock.now
        var isShown = false
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let shown = Mutex(Shown(last: .now - .seconds(1)))

    /// How far the reading of a data set is, from any thread.
    func show(reading name: String, share: Double) {
        guard isTerminal else { return }
        show { Self.text(reading: name, share: share) }
    }

    func show(_ trainer: Trainer) { show { Self.text(trainer) } }

    /// Shows what `text` gives, unless something was shown a moment ago.
    func show(_ text: () -> String) {
        guard isTerminal else { return }
        shown.withLock { shown in
            guard ContinuousClock.now - shown.last >= .milliseconds(100) else { return }
            (shown.last, shown.isShown) = (.now, true)
            write("\r" + text() + "\u{1B}[K")
        }
    }

    static func text(reading name: String, share: Double) -> String {
        "reading \(name) [\(bar(share))]" + String(format: " %3.0f%%", share * 100)
    }

    private static func bar(_ share: Double) -> String {
        let width = 30
        let filled = Int(min(max(share, 0), 1) * Double(width))
        return String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    }

    static func text(_ trainer: Trainer) -> String {
        let share = trainer.progress
        let rate = trainer.samplesPerSecond
        return String(
            format: "epoch %d/%d [%@] %3.0f%%  %@  %.0fk samples/s", trainer.epoch, trainer.configuration.epochs,
            bar(share), share * 100, left(of: trainer, rate: rate), rate / 1000)
    }

    /// - Parameter rate: samples a second; 0 for not known yet.
    static func left(of trainer: Trainer, rate: Double) -> String {
        let samples = Double(trainer.totalSteps - trainer.step) * Double(trainer.configuration.batchSize)
        return rate > 0 ? String(format: "%.0f s left", (samples / rate).rounded(.up)) : ""
    }

    func clear() {
        shown.withLock { shown in
            guard shown.isShown else { return }
            shown.isShown = false
            write("\r\u{1B}[K")
        }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
