import Testing

@testable import Ranks

/// What passes between ranks is tested with real ones, in EndToEnd.
struct WorldTests {
    @Test(arguments: ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"])
    func launchersTellThatOthersWereStarted(variable: String) {
        #expect(World.isStartedTogether([variable: "2", "PATH": "/bin"]))
    }

    @Test(arguments: [["PATH": "/bin"], ["OMPI_COMM_WORLD_SIZE": "1", "PMIX_RANK": "0"]])
    func aProcessByItselfHasNoWorld(environment: [String: String]) throws {
        #expect(try World.join(environment: environment) == nil)
    }

    @Test func saysWhatToDoWhereItCannotTalk() {
        let failure = World.Failure.cannotJoin(reason: "no library of Open MPI is found")
        #expect("\(failure)".contains("mpirun") && "\(failure)".contains("no library of Open MPI is found"))
    }
}
