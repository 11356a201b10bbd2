/// Several processes of a program that `mpirun` starts together on this machine.
enum Ranks {
    static func run(
        _ count: Int, _ arguments: [String], interruption: Command.Interruption? = nil
    ) throws -> Command.Result {
        try Command.run(
            "mpirun", ["-n", "\(count)", "--oversubscribe"] + arguments,
            environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"],
            interruption: interruption)
    }
}
