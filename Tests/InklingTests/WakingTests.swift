import Dashboard
import Foundation
import Synchronization
import Testing

@testable import Inkling

/// What wakes the loop of the dashboard.
struct WakingTests {
    @Test func signalsAreToldByTheirNumbers() throws {
        let wake = try WakePipe()
        #expect(wake.drain().isEmpty, "nobody waits for what is not there")
        wake.ring()
        var descriptor = pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0)
        #expect(poll(&descriptor, 1, 0) == 1)
        for number in [SIGWINCH, SIGTERM] {
            var byte = UInt8(number)
            #expect(write(wake.writing, &byte, 1) == 1)
        }
        #expect(wake.drain() == [SIGWINCH, SIGTERM] && poll(&descriptor, 1, 0) == 0)
        // One that is full does not hold anybody up.
        for _ in 0..<100_000 { wake.ring() }
        for end in [wake.reading, wake.writing] { #expect(fcntl(end, F_GETFD) & FD_CLOEXEC != 0) }
        close(wake.reading)
        close(wake.writing)
    }

    @Test func workTellsItsEventsInTheirOrder() async throws {
        let rings = Atomic(0)
        await confirmation(expectedCount: 4) { rung in
            let background = Background {
                rung()
                rings.add(1, ordering: .sequentiallyConsistent)
            }
            background.tell(.frame)
            background.run { .notice("a") }
            background.run { tell in
                tell(.notice("b"))
                tell(.notice("c"))
            }
            let start = ContinuousClock.now
            while rings.load(ordering: .sequentiallyConsistent) < 4, ContinuousClock.now - start < .seconds(20) {
                try? await Task.sleep(for: .milliseconds(1))
            }
            #expect(background.takeEvents() == [.frame, .notice("a"), .notice("b"), .notice("c")])
            #expect(background.takeEvents().isEmpty)
        }
    }

    @MainActor @Test func picturesOfTheFilmAreDueInTurn() {
        let due = ContinuousClock.now
        func next(late: Duration) -> Duration {
            EventLoop.frame(after: due, interval: .milliseconds(40), now: due + late) - due
        }
        #expect(next(late: .zero) == .milliseconds(40) && next(late: .milliseconds(15)) == .milliseconds(40))
        #expect(next(late: .milliseconds(40)) == .milliseconds(40), "the one after it at once")
        #expect(next(late: .seconds(3)) == .seconds(3), "those between are left out")
        func wait(_ time: Duration) -> Int32 { EventLoop.milliseconds(from: due, to: due + time) }
        #expect(wait(.milliseconds(3)) == 3 && wait(.microseconds(3_001)) == 4 && wait(.microseconds(1)) == 1)
        #expect(wait(.zero) == 0 && wait(.seconds(-2)) == 0)
    }
}
