import Dashboard
import Dispatch
import Synchronization

/// Work that takes longer than a frame and comes to an event, or to some on the way: done beside the loop, which takes the
/// events when it is woken.
final class Background: Sendable {
    private let events = Mutex<[Event]>([])
    private let queue = DispatchQueue(label: "inkling.background", qos: .userInitiated)
    private let onEvent: @Sendable () -> Void

    /// - Parameter onEvent: called on the queue when there is an event to take.
    init(onEvent: @escaping @Sendable () -> Void) {
        self.onEvent = onEvent
    }

    /// Hands in an event from elsewhere.
    func tell(_ event: Event) {
        events.withLock { $0.append(event) }
        onEvent()
    }

    func run(_ work: @escaping @Sendable () -> Event) {
        run { tell in tell(work()) }
    }

    /// - Parameter work: is given what hands in an event.
    func run(_ work: @escaping @Sendable (_ tell: (Event) -> Void) -> Void) {
        queue.async {
            work { self.tell($0) }
        }
    }

    /// Those that nobody has taken yet, in their order.
    func takeEvents() -> [Event] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}
