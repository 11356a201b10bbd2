import Dispatch
import Foundation
import Synchronization

/// Whether the user or the system asked the program to end (SIGINT, SIGTERM, SIGHUP), which then no longer kills it.
final class Interruption {
    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    private let flag = Flag()
    private let sources: [any DispatchSourceSignal]

    var isRequested: Bool { flag.isSet.load(ordering: .relaxed) }

    init() {
        let queue = DispatchQueue(label: "inkling.signals")
        sources = [SIGINT, SIGTERM, SIGHUP].map { [flag] number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { flag.isSet.store(true, ordering: .relaxed) }
            source.resume()
            return source
        }
    }
}
