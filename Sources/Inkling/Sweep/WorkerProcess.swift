import Datasets
import Dispatch
import Foundation
import Synchronization
import Training

/// A worker of this machine, seen from the process that leads it. Whatever kills a training, for want of memory, say,
/// takes only the worker down, which starts again.
final class WorkerProcess {
    private let program: String
    private let arguments: [String]
    private let mailbox = Mailbox()
    private var process = Process()
    private var orders = Pipe()

    /// - Parameters:
    ///   - program: nil where this one is not in the file system.
    ///   - arguments: what the program gets, so that it is a worker.
    init(program: String? = Bundle.main.executablePath, arguments: [String]) throws {
        guard let program else {
            throw SettingProblem(name: "worker", expected: "this program in the file system", found: "no path to it")
        }
        (self.program, self.arguments) = (program, arguments)
        try start()
    }

    /// Starts it, also again after it was lost.
    func start() throws {
        let (process, orders, news) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = orders
        process.standardOutput = news
        try process.run()
        (self.process, self.orders) = (process, orders)
        let (descriptor, mailbox) = (news.fileHandleForReading.fileDescriptor, mailbox)
        let reader = Thread {
            withExtendedLifetime(news) { mailbox.fill(from: descriptor) }
        }
        reader.start()
    }

    /// What it does not take, as it is gone, is told as lost.
    func send(_ order: SweepOrder) throws { send(line: try JSONLine(order).text) }

    func send(line: String) { try? orders.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8)) }

    /// What it has told, each a line; waits at most so long for some.
    func takeLines(waiting seconds: Double) -> [String] { mailbox.take(waiting: seconds) }

    /// Ends it, at whatever it is.
    func stop() { try? orders.fileHandleForWriting.close() }
}

/// The lines that come from a worker, then that it is lost.
private final class Mailbox: Sendable {
    private let lines = Mutex<[String]>([])
    private let bell = DispatchSemaphore(value: 0)

    /// Reads to the end.
    func fill(from descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var (rest, wasReady): ([UInt8], Bool) = ([], false)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                add(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
                wasReady = true
            }
        }
        if let line = try? JSONLine(SweepNews.lost(wasReady: wasReady)).text { add(line) }
    }

    func take(waiting seconds: Double) -> [String] {
        _ = bell.wait(timeout: .now() + seconds)
        return lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    private func add(_ line: String) {
        lines.withLock { $0.append(line) }
        bell.signal()
    }
}
